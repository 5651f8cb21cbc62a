"""The stable codes of the doctor, each with its next step; a finding says beside it what was seen."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from wire.acceptance import Finding, State


class Step(NamedTuple):
    """A code, and what to do next."""

    code: str
    zh: str
    en: str


READER_SILENT: Final = Step(
    "E-SITE-01", "检查读卡器的连线和供电，核对设置中的端口，再查一次",
    "check the reader's cable and power and the port in the settings, then look again",
)  # fmt: skip
READER_FAULT: Final = Step(
    "E-SITE-02", "重新插拔读卡器；仍不行请更换，未授权的请联系厂家",
    "unplug the reader and plug it in again; replace it, or call its vendor where it is not licensed",
)  # fmt: skip
NO_CARD_READ: Final = Step(
    "E-SITE-03", "在终端前再查一次，按提示放一张身份证", "look again in front of the kiosk and lay a card on when asked"
)
NO_READER_SET: Final = Step(
    "E-SITE-04", "确认本站不装读卡器；若装，请在设置中写明 [reader]",
    "make sure that this station has no reader; if it has one, name it in the settings under [reader]",
)  # fmt: skip
NO_PICTURE: Final = Step(
    "E-SITE-05", "检查摄像机供电、网线、地址与口令", "check the camera's power and cable, its address and password"
)
CAMERA_SLOW: Final = Step(
    "E-SITE-06", "检查网络与光线，或改用子码流", "check line and light, or take the camera's substream"
)
PICTURE_WRONG: Final = Step("E-SITE-07", "按所述异常处理镜头、照明或接线", "put lens, light or cable right as it says")
AIM_NOT_SAVED: Final = Step(
    "E-SITE-08", "对准后让后台服务运行两分钟，画面无人，再查一次",
    "aim it, let the agent run for two minutes with nobody in the picture, then look again",
)  # fmt: skip
NO_CAMERA_SET: Final = Step(
    "E-SITE-09", "确认本站不装摄像机；若装，请在设置中写明 [[cameras]]",
    "make sure that this station has no camera; if it has one, name it in the settings under [[cameras]]",
)  # fmt: skip
NO_SOUND: Final = Step(
    "E-SITE-10", "检查声卡与音箱，安装 espeak-ng 与 alsa-utils", "check sound card and loudspeaker, and install both"
)
NOT_HEARD: Final = Step(
    "E-SITE-11", "检查音箱的电源、接线与音量，再查一次", "check the loudspeaker's power, cable and volume"
)
PRINTER_NOT_READY: Final = Step(
    "E-SITE-12", "检查打印机电源、纸张与 CUPS 队列", "check the printer's power, paper and its CUPS queue"
)
CLOCK_NOT_SYNCHRONISED: Final = Step(
    "E-SITE-13", "等待校时，或检查 timesyncd 的服务器与网络",
    "wait for the time to come, or check timesyncd's servers and the line",
)  # fmt: skip
NO_RTC: Final = Step(
    "E-SITE-14", "装上时钟模块，并核对 config.txt 的 dtoverlay",
    "fit the clock module and check dtoverlay in config.txt",
)  # fmt: skip
RTC_WRONG: Final = Step(
    "E-SITE-15", "运行 station doctor --fix 写入时间；再次不准请换电池",
    "run station doctor --fix; if it is wrong again, change its battery",
)  # fmt: skip
WATCHDOG_NOT_ARMED: Final = Step(
    "E-SITE-16", "运行 station doctor --fix 并重启；核对 config.txt 的 watchdog=on",
    "run station doctor --fix and restart; check watchdog=on in config.txt",
)  # fmt: skip
LITTLE_ROOM: Final = Step("E-SITE-17", "清理磁盘或换更大的存储卡", "free room on the disk, or take a larger card")
READ_ONLY: Final = Step(
    "E-SITE-18", "存储卡可能已坏：尽快更换，勿反复断电",
    "the card may be broken: replace it soon, do not cut its power again and again",
)  # fmt: skip
DISK_ERRORS: Final = Step(
    "E-SITE-19", "重启让系统检查磁盘；再次出现请更换存储卡",
    "restart so that the disk is checked; replace the card if it goes on",
)  # fmt: skip
CARD_WORN: Final = Step("E-SITE-20", "更换存储卡", "replace the card")
SWAP_ON_CARD: Final = Step("E-SITE-21", "关闭存储卡上的交换区，只用 zram", "switch off swap on the card, use zram only")
JOURNAL_ON_CARD: Final = Step(
    "E-SITE-22", "在 journald.conf.d 中设 Storage=volatile 并重启",
    "set Storage=volatile in journald.conf.d and restart",
)  # fmt: skip
UNDER_VOLTAGE: Final = Step(
    "E-SITE-23", "换用原装电源（5 V 3 A 以上）与短而粗的线",
    "use the maker's supply (5 V, 3 A or more) and a short, thick cable",
)  # fmt: skip
TOO_WARM: Final = Step(
    "E-SITE-24", "改善通风，清理灰尘，避免阳光直射", "give it air, clean out dust, keep it out of the sun"
)
CERTIFICATE_WRONG: Final = Step(
    "E-SITE-25", "重新登记本站（station identity）", "enrol the station anew (station identity)"
)
CERTIFICATE_ENDS: Final = Step(
    "E-SITE-26",
    "联网让其自动更换；没有网则用新标签和 U 盘重新登记",
    "let it renew over the network; without one enrol it anew by a new label and a USB stick",
)
KEY_WRONG: Final = Step(
    "E-SITE-27", "运行 station doctor --fix；仍不行请重新登记",
    "run station doctor --fix; if that does not help, enrol anew",
)  # fmt: skip
FILES_OPEN: Final = Step(
    "E-SITE-28", "运行 station doctor --fix 更正权限", "run station doctor --fix, which corrects the modes"
)
NO_BROKER: Final = Step(
    "E-SITE-29", "检查网线、县中心地址与时钟，再看证书一项",
    "check cable, the county's address and the clock, then the certificate",
)  # fmt: skip
NO_HUB: Final = Step(
    "E-SITE-30", "检查到县中心的网络；中心异常请联系县里",
    "check the line to the county; call the county if the hub is in trouble",
)  # fmt: skip
NO_RECEIPT: Final = Step(
    "E-SITE-31", "请县里查看 hub 是否在运行，再查一次", "have the county look whether its hub runs, then look again"
)
LINE_BAD: Final = Step(
    "E-SITE-32", "检查网线与路由器，或请运营商检修线路",
    "check cables and router, or have the provider look at the line",
)  # fmt: skip
LINE_SILENT: Final = Step(
    "E-SITE-33", "先让后台服务连上县中心；沿途须放行 UDP（探测端口）",
    "let the agent reach the county first; UDP to its probe port must pass on the way",
)  # fmt: skip
SECRETS_ON_CARD: Final = Step(
    "E-SITE-34", "运行 station doctor --fix 清除", "run station doctor --fix, which removes them"
)
UNIT_NOT_RUNNING: Final = Step(
    "E-SITE-35", "运行 station doctor --fix 重新启动；再失败请看 journalctl -u 该服务",
    "run station doctor --fix, which starts it again; if it fails look at journalctl -u of it",
)  # fmt: skip
SOFTWARE_UNCLEAR: Final = Step("E-SITE-36", "用 U 盘重新安装软件版本", "install the release anew from a USB stick")
IN_USE: Final = Step(
    "E-SITE-37", "加 --exclusive 再查：会暂停界面或后台服务，查完自动恢复",
    "look again with --exclusive: kiosk or agent pause for it and come back by themselves",
)  # fmt: skip
NOT_MEASURED: Final = Step("E-SITE-38", "在现场整机上用 root 再查一次", "look again as root on the machine itself")
AIM_NOT_CONFIRMED: Final = Step(
    "E-SITE-39", "看过画面后再确认摄像机对准", "look at the picture, then confirm that the camera is aimed well"
)
CHECK_FAILED: Final = Step(
    "E-SITE-40", "再查一次；仍如此请把此行报给县里", "look again; if it goes on report this line to the county"
)


def fine(check: str, zh: str, en: str, *, subject: str = "", figures: Mapping[str, float] | None = None) -> Finding:
    """Return that all is well."""
    return Finding(check, "ok", zh, en, subject=subject, measures=dict(figures or {}))


def wrong(
    check: str, state: State, step: Step, zh: str, en: str, *, subject: str = "",
    figures: Mapping[str, float] | None = None,
) -> Finding:  # fmt: skip
    """Return that something is not well, or could not be looked at, with its next step."""
    return Finding(check, state, zh, en, *step, subject=subject, measures=dict(figures or {}))
