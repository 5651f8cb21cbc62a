"""Wiring of `station kiosk`: settings in, threads and ports, the screen, and all stopped in reverse."""

import logging
import os
from asyncio import get_running_loop
from contextlib import ExitStack
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

from station.clock import Clock
from station.errors import StoreError
from station.kiosk.ending import Ending
from station.kiosk.memory import overwrite_what_is_freed
from station.kiosk.standstill import Standstill
from station.sealing import Seal
from station.settings import Settings
from station.store.presence import KioskPresence, VisitPresence

LOG_BYTES: Final = 1_000_000
LOG_FILES: Final = 3


def run_kiosk(settings: Settings, *, demo: bool = False, demo_control: Path | None = None) -> None:
    """Show the villager's screen until a signal stops it, its terminal is gone (or Ctrl-C, in the demo).

    Raises StoreError E-KIOSK-02 (the state folder cannot be used), E-KIOSK-03 (the screen failed), E-KIOSK-04
    (another kiosk runs there) or E-SEAL-01.
    """
    overwrite_what_is_freed()
    os.environ["TEXTUAL_DISABLE_KITTY_KEY"] = "1"  # read when Textual is imported
    from station.kiosk.app import KioskApp
    from station.kiosk.entry.pinyin_file import PinyinFile, ensure_pinyin
    from station.kiosk.machine import PINYIN_FILE, Machine

    state_dir = Path(settings.state_dir)
    presence, visit = _only_one(state_dir)
    _log_to_file(state_dir)
    clock = Clock()
    seal = Seal.from_file(Path(settings.seal_key_file))
    places = (settings.name, settings.town)
    pinyin = PinyinFile(state_dir / PINYIN_FILE, rebuild=lambda path: ensure_pinyin(path, places))
    if not demo:
        app = KioskApp(settings, seal, clock, pinyin, pinyin.names())
    else:
        from station.kiosk.demo import DemoKioskApp

        app = DemoKioskApp(settings, seal, clock, pinyin, pinyin.names(), demo_control)
    with ExitStack() as stack:
        stack.callback(presence.close)
        stack.callback(visit.close)
        machine = Machine(settings, seal, clock, app, stack)
        app.attach(machine.ports)
        app.on_somebody = visit.here

        def begin() -> None:
            Ending(app.exit).watch(get_running_loop())
            standstill = Standstill()
            standstill.watch(get_running_loop())
            stack.callback(standstill.close)
            machine.start()

        app.on_ready = begin
        app.run()
    if app.return_code:
        raise StoreError("E-KIOSK-03", f"the screen failed; see {state_dir / 'kiosk.log'} 界面异常退出，请查看日志")


def _only_one(state_dir: Path) -> tuple[KioskPresence, VisitPresence]:
    try:
        state_dir.mkdir(parents=True, exist_ok=True)
        return KioskPresence(state_dir), VisitPresence(state_dir)
    except OSError as error:
        raise _cannot_use(state_dir, error) from None


def _log_to_file(state_dir: Path) -> None:
    try:
        file = RotatingFileHandler(state_dir / "kiosk.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8")
    except OSError as error:
        raise _cannot_use(state_dir, error) from None
    logging.raiseExceptions = False  # a full disk must not write over the screen
    logging.basicConfig(
        level=logging.INFO, handlers=[file], format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True
    )


def _cannot_use(state_dir: Path, error: OSError) -> StoreError:
    return StoreError("E-KIOSK-02", f"{state_dir}: cannot be used 状态目录无法使用，请检查磁盘和权限: {error.strerror}")
