"""Wiring of `station kiosk`: settings in, spool and reader threads, the screen, and all stopped in reverse."""

import logging
import os
import signal
from asyncio import get_running_loop
from contextlib import ExitStack
from datetime import date, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

from station.clock import CHINA, Clock
from station.errors import StoreError
from station.sealing import Seal
from station.settings import Settings
from wire.life import DeviceState, StateWord

LOG_BYTES: Final = 1_000_000
LOG_FILES: Final = 3


def run_kiosk(settings: Settings, *, demo: bool = False, demo_control: Path | None = None) -> None:
    """Show the villager's screen until it is stopped by a signal (or Ctrl-C, in the demo only).

    Raises StoreError E-KIOSK-02 (the state folder cannot be used), E-KIOSK-03 (the screen failed) or E-SEAL-01.
    """
    os.environ["TEXTUAL_DISABLE_KITTY_KEY"] = "1"  # read when Textual is imported
    from station.kiosk.app import KioskApp
    from station.kiosk.card_watch import CardWatch
    from station.kiosk.keeper import Keeper
    from station.store.presence import agent_runs
    from station.store.spool import FILE_NAME, Spool

    state_dir = Path(settings.state_dir)
    _log_to_file(state_dir)
    clock = Clock()
    if not demo:
        app = KioskApp(settings.kiosk, settings.name, Seal.from_file(Path(settings.seal_key_file)), clock)
    else:
        from station.kiosk.demo import DemoKioskApp

        app = DemoKioskApp(
            settings.kiosk, settings.name, Seal.from_file(Path(settings.seal_key_file)), clock, demo_control
        )
    keeper = Keeper(
        lambda: Spool.open(state_dir / FILE_NAME, limit_bytes=settings.spool_limit_bytes),
        clock,
        app.tell,
        lambda: agent_runs(state_dir),
    )

    def today() -> date:
        # An untrusted clock lags: it makes people younger, so it errs towards asking for the guardian.
        return clock.today() or datetime.now(CHINA).date()

    def reader_is(state: StateWord, code: str | None) -> None:
        keeper.put_device(DeviceState(device="reader", state=state, since_ms=clock.now().at_ms, code=code))

    cards = None
    if settings.reader is not None:
        from station.devices.reader.serial_port import SerialReader

        reader = SerialReader(settings.reader.port, settings.reader.baud, clock)
        cards = CardWatch(reader, today, app.tell, reader_is)
    app.attach(keeper, cards)

    with ExitStack() as stack:
        stack.callback(keeper.close)
        stack.callback(lambda: keeper.put_device(DeviceState(device="screen", state="absent")))
        if cards is not None:
            stack.callback(cards.close)

        def begin() -> None:
            get_running_loop().add_signal_handler(signal.SIGTERM, app.exit)
            keeper.start()
            if cards is not None:
                cards.start()

        app.on_ready = begin
        app.run()
    if app.return_code:
        raise StoreError("E-KIOSK-03", f"the screen failed; see {state_dir / 'kiosk.log'} 界面异常退出，请查看日志")


def _log_to_file(state_dir: Path) -> None:
    try:
        state_dir.mkdir(parents=True, exist_ok=True)
        file = RotatingFileHandler(state_dir / "kiosk.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8")
    except OSError as error:
        raise StoreError(
            "E-KIOSK-02", f"{state_dir}: cannot be used 状态目录无法使用，请检查磁盘和权限: {error.strerror}"
        ) from None
    logging.raiseExceptions = False  # a full disk must not write over the screen
    logging.basicConfig(
        level=logging.INFO, handlers=[file], format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True
    )
