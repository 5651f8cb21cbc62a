"""`--fix`: what is safe to put right without asking, each told in both languages; done again it does nothing."""

import contextlib
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from station.doctor import machine, trust
from station.doctor.ground import Ground
from station.doctor.machine_rules import RTC_OFF_S
from station.doctor.owner import give_back
from station.errors import StationError
from station.firstboot.card_secrets import clean_card, secrets_on_card
from station.identity.keys import NEXT, finish_install
from wire.durable import write_atomically
from wire.owner import as_owner

WATCHDOG_FILE: Final = "etc/systemd/system.conf.d/cuncuntong-watchdog.conf"
WATCHDOG: Final = "# A machine that hangs starts again (station doctor --fix).\n[Manager]\nRuntimeWatchdogSec=15s\n"
"""15 s is the most that a Raspberry Pi's timer takes below kernel 6.8 (`provisioning.md`)."""
STALE_S: Final = 600.0


class Mending(NamedTuple):
    """One thing that was done, or would be."""

    zh: str
    en: str
    do: Callable[[], object]


class Done(NamedTuple):
    """What came of it."""

    zh: str
    en: str
    failed: str = ""
    """Why it could not be done; empty when it was."""


def mend(ground: Ground, *, dry_run: bool) -> list[Done]:
    """Do every deed that is called for and return them; with `dry_run` do none."""
    done = []
    for deed in deeds(ground):
        failed = ""
        if not dry_run:
            try:
                deed.do()
            except (OSError, StationError) as error:
                failed = str(error)
        done.append(Done(deed.zh, deed.en, failed))
    return done


def deeds(ground: Ground) -> Iterator[Mending]:
    """Yield what is called for now."""
    yield from _secrets(ground)
    yield from _certificate(ground)
    yield from _owners(ground)
    yield from _modes(ground)
    yield from _left_over(ground)
    yield from _clock(ground)
    yield from _watchdog(ground)
    yield from _units(ground)


def _secrets(ground: Ground) -> Iterator[Mending]:
    for name in dict.fromkeys(one.file.name for one in secrets_on_card(ground.layout)):
        yield Mending(f"清除启动分区上的机密：{name}", f"remove secrets from {name}", lambda: clean_card(ground.layout))


def _certificate(ground: Ground) -> Iterator[Mending]:
    certificate = Path(ground.settings.broker.cert_file)
    if certificate.with_name(certificate.name + NEXT).exists():
        yield Mending(
            "完成换了一半的证书",
            "finish putting a certificate in place",
            lambda: _as_owner(ground, lambda: finish_install(certificate.parent)),
        )


def _owners(ground: Ground) -> Iterator[Mending]:
    for path in trust.foreign(ground):
        zh, en = f"还给本站用户：{path.name}", f"give {path.name} back to the station's user"
        yield Mending(zh, en, partial(give_back, path, ground.folder))


def _modes(ground: Ground) -> Iterator[Mending]:
    for path in trust.open_files(ground):
        yield Mending(
            f"收紧文件权限：{path.name}",
            f"let nobody else read {path.name}",
            partial(_as_owner, ground, partial(path.chmod, 0o600)),
        )


def _left_over(ground: Ground) -> Iterator[Mending]:
    """Of writers that are gone (`wire/durable.py`, `background_file.py`), and old enough that nobody is at it."""
    for folder in (ground.folder, ground.state, ground.state / "backgrounds", ground.state / "thumbnails"):
        for path in sorted([*folder.glob(".*.tmp"), *folder.glob("*.bin.new")]):
            with contextlib.suppress(OSError):
                if path.is_file() and time.time() - path.stat().st_mtime > STALE_S:
                    yield Mending(
                        f"删除残留的临时文件：{path.name}",
                        f"remove {path.name}, left by a cut",
                        partial(_as_owner, ground, path.unlink),
                    )


def _clock(ground: Ground) -> Iterator[Mending]:
    seen = machine.rtc_seen(ground)
    if seen.there and machine.synchronised() and (seen.off_s is None or abs(seen.off_s) > RTC_OFF_S):
        yield Mending(
            "把准确时间写入时钟模块", "set the clock module", lambda: _program(ground, "hwclock", "--systohc", "--utc")
        )


def _watchdog(ground: Ground) -> Iterator[Mending]:
    if any(finding.state == "bad" for finding in machine.watchdog(ground)) and _has_watchdog(ground):
        yield Mending(
            "启用看门狗（RuntimeWatchdogSec=15s）", "arm the watchdog (RuntimeWatchdogSec=15s)", lambda: _arm(ground)
        )


def _has_watchdog(ground: Ground) -> bool:
    return (ground.layout.root / "sys/class/watchdog/watchdog0").exists()


def _arm(ground: Ground) -> None:
    write_atomically(ground.layout.root / WATCHDOG_FILE, WATCHDOG.encode())
    _program(ground, "systemctl", "daemon-reexec")


def _units(ground: Ground) -> Iterator[Mending]:
    for unit in trust.units_seen(ground) or ():
        if unit.active == "failed":
            yield Mending(f"重新启动 {unit.name}", f"start {unit.name} again", partial(_restart, ground, unit.name))


def _as_owner(ground: Ground, do: Callable[[], object]) -> None:
    with as_owner(ground.folder):
        do()


def _restart(ground: Ground, unit: str) -> None:
    _program(ground, "systemctl", "reset-failed", unit)
    _program(ground, "systemctl", "restart", unit)


def _program(ground: Ground, *command: str) -> None:
    if ground.program(*command, within_s=60.0) is None:
        raise StationError(
            "E-SITE-41", f"{command[0]} 未能完成，请用 root 再试 it could not be done: try again as root"
        )
