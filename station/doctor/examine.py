"""Every check in its order; one that fails itself is a finding like any other."""

from collections.abc import Callable, Collection
from contextlib import ExitStack
from typing import Final, NamedTuple

from station.doctor import codes, devices, exclusive, line, machine, trust
from station.doctor.codes import wrong
from station.doctor.ground import WATCH_S, Ground
from station.errors import StationError
from wire.acceptance import CHECKS, Finding

Look = Callable[[Ground], list[Finding]]


class Check(NamedTuple):
    """One check."""

    zh: str
    en: str
    look: Look
    seconds: float = 0.0
    """About how long it takes; 0 is at once."""


ALL: Final[dict[str, Check]] = {
    "reader": Check("读卡器", "reader", devices.reader, 3),
    "camera": Check("摄像机", "cameras", devices.cameras, WATCH_S),
    "sound": Check("声音", "sound", devices.sound, 2),
    "printer": Check("打印机", "printer", devices.printer),
    "clock": Check("时钟", "clock", machine.clock),
    "rtc": Check("时钟模块", "battery clock", machine.rtc),
    "watchdog": Check("看门狗", "watchdog", machine.watchdog),
    "disk": Check("磁盘", "disk", machine.disk),
    "card": Check("启动分区", "boot partition", trust.card),
    "power": Check("供电", "power", machine.power),
    "temperature": Check("温度", "temperature", machine.temperature),
    "certificate": Check("证书", "certificate", trust.certificate),
    "files": Check("密钥文件", "key files", trust.files),
    "units": Check("服务", "units", trust.units),
    "software": Check("软件", "software", trust.software),
    "broker": Check("消息服务", "broker", line.broker, 2),
    "hub": Check("县中心", "hub", line.hub, 3),
    "line": Check("线路", "line", line.line, 60),
}
assert tuple(ALL) == CHECKS
NEED_DEVICES: Final = frozenset({"reader", "camera"})
"""What agent or kiosk have open."""


def examine(ground: Ground, only: Collection[str] = ()) -> list[Finding]:
    """Do every check, or those of these names, and return what they found, in order.

    With `exclusive`, kiosk and agent pause while reader and cameras are looked at.
    """
    names = [name for name in ALL if not only or name in only]
    found: list[Finding] = []
    with ExitStack() as pause:
        if ground.exclusive and NEED_DEVICES & set(names):
            pause.enter_context(exclusive.paused(ground))
        for name in names:
            if name not in NEED_DEVICES:
                pause.close()
            found += _looked(ground, name)
    return found


def _looked(ground: Ground, name: str) -> list[Finding]:
    check = ALL[name]
    seconds = {"line": ground.line_s, "camera": ground.watch_s}.get(name, check.seconds)
    ground.talk.begin(check.zh, check.en, seconds)
    try:
        found = check.look(ground)
    except (OSError, StationError, ValueError) as error:
        why = error.code if isinstance(error, StationError) else type(error).__name__
        found = [wrong(name, "bad", codes.CHECK_FAILED, f"这项检查没有完成（{why}）", f"this check failed ({why})")]
    ground.talk.found(found)
    return found
