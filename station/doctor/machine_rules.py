"""What is judged of the machine itself: figures in, findings out (pure)."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from station.doctor import codes
from station.doctor.codes import fine, wrong
from wire.acceptance import Finding, State

RTC_OFF_S: Final = 2.0
"""The battery clock counts whole seconds: as far as this it agrees."""
ROOM_WARN_BYTES: Final = 1_000_000_000
ROOM_BAD_BYTES: Final = 300_000_000
"""The spool keeps up to 512 MB over an outage of weeks (`spool_limit_bytes`); an update needs as much."""
WORN_WARN: Final = 8
"""JEDEC eMMC 5.0 (JESD84-B50) 7.4.104: life used in steps of 10 %; 8 is 70 to 80 %, 11 is beyond its life."""
WORN_BAD: Final = 10
END_OF_LIFE_WARN, END_OF_LIFE_BAD = 2, 3
"""PRE_EOL_INFO: 80 % of the spare blocks used, 90 % used."""
WARM_C: Final = 70.0
HOT_C: Final = 80.0
"""A Raspberry Pi slows down from 80 °C."""
UNDER_VOLTAGE_NOW, SLOWED_NOW = 1 << 0, 1 << 2
UNDER_VOLTAGE_WAS, SLOWED_WAS = 1 << 16, 1 << 18
"""Bits of `vcgencmd get_throttled`."""


class Rtc(NamedTuple):
    """The clock with a battery."""

    there: bool
    off_s: float | None = None
    """Ahead of the system's clock; None when it has no valid time."""
    battery_low: bool | None = None
    """None where it does not say."""


class Watchdog(NamedTuple):
    """The hardware's watchdog."""

    state: str | None = None
    """`active` or `inactive`; None where the kernel does not say."""
    identity: str = ""
    systemd_s: float | None = None
    """RuntimeWatchdogUSec in seconds, 0 is off; None where systemd could not be asked."""


class Disk(NamedTuple):
    """The file systems of a station."""

    free_bytes: int
    read_only: Sequence[str] = ()
    """Mount points that cannot be written and should be."""
    errors: int = 0
    """Counted by ext4 since the file system was made."""
    life_used: int | None = None
    """Tenths of the card's life, the larger of both kinds; None where the card does not say."""
    end_of_life: int | None = None
    swaps: Sequence[str] = ()
    """Swap on the card or in a file on it."""
    journal_on_card: bool = False


class Power(NamedTuple):
    """What the firmware or the kernel says of the supply."""

    bits: int | None = None
    """Of `vcgencmd get_throttled`."""
    low_alarm: bool | None = None
    """hwmon rpi_volt in0_lcrit_alarm."""


def clock(*, synchronised: bool, by_hub: bool = False) -> Finding:
    """Judge the system's clock; `by_hub`: the agent goes by what the hub said its time was."""
    if synchronised:
        return fine("clock", "时钟已校准", "the clock is synchronised")
    if by_hub:
        what = "时钟未校准，记录按县中心的时间", "the clock is not synchronised: records go by the hub's time"
        return wrong("clock", "warn", codes.CLOCK_NOT_SYNCHRONISED, *what)
    return wrong(
        "clock",
        "bad",
        codes.CLOCK_NOT_SYNCHRONISED,
        "时钟未校准，记录没有日期",
        "the clock is not synchronised: records are undated",
    )


def rtc(seen: Rtc, *, synchronised: bool) -> Finding:
    """Judge the clock with a battery, against the system's clock while that is right."""
    if not seen.there:
        return wrong("rtc", "warn", codes.NO_RTC, "没有时钟模块（rtc0）", "there is no clock module (rtc0)")
    if seen.off_s is None:
        what = "时钟模块没有有效时间，电池可能没电", "the clock module has no valid time: its battery may be empty"
        return wrong("rtc", "bad", codes.RTC_WRONG, *what)
    figures = {"off_s": round(seen.off_s, 1)}
    if synchronised and abs(seen.off_s) > RTC_OFF_S:
        what = f"时钟模块偏差 {seen.off_s:+.0f} 秒", f"the clock module is off by {seen.off_s:+.0f} s"
        return wrong("rtc", "bad", codes.RTC_WRONG, *what, figures=figures)
    if seen.battery_low:
        return wrong("rtc", "warn", codes.RTC_WRONG, "时钟电池电量低", "the clock's battery is low", figures=figures)
    if not synchronised:
        what = "时钟未校准，无法核对时钟模块", "the clock module cannot be compared: the clock is not synchronised"
        return wrong("rtc", "skipped", codes.CLOCK_NOT_SYNCHRONISED, *what, figures=figures)
    return fine(
        "rtc",
        f"时钟模块准确（{seen.off_s:+.0f} 秒）",
        f"the clock module is right ({seen.off_s:+.0f} s)",
        figures=figures,
    )


def watchdog(seen: Watchdog) -> Finding:
    """Judge whether a machine that hangs will start again by itself."""
    name = f"（{seen.identity}）" if seen.identity else ""
    armed = seen.state == "active" or (seen.state is None and bool(seen.systemd_s))
    if armed:
        figures = {} if not seen.systemd_s else {"timeout_s": seen.systemd_s}
        return fine("watchdog", f"看门狗已启用{name}", "the watchdog is armed", figures=figures)
    if seen.state is None and seen.systemd_s is None:
        return wrong("watchdog", "bad", codes.WATCHDOG_NOT_ARMED, "没有硬件看门狗", "there is no hardware watchdog")
    return wrong(
        "watchdog",
        "bad",
        codes.WATCHDOG_NOT_ARMED,
        f"看门狗未启用{name}：死机后不会自动重启",
        "the watchdog is not armed: a machine that hangs stays so",
    )


def disk(seen: Disk) -> list[Finding]:
    """Judge room and health of the disk, every trouble by itself."""
    found = []
    figures = {"free_bytes": float(seen.free_bytes), "errors": float(seen.errors)}
    free = f"{seen.free_bytes / 1e9:.1f} GB"
    if seen.read_only:
        where = "、".join(seen.read_only)
        found.append(wrong("disk", "bad", codes.READ_ONLY, f"磁盘只读：{where}", f"read-only: {where}"))
    if seen.errors:
        what = f"文件系统记有 {seen.errors} 次错误", f"the file system counted {seen.errors} errors"
        found.append(wrong("disk", "bad", codes.DISK_ERRORS, *what))
    if seen.free_bytes < ROOM_WARN_BYTES:
        state: State = "bad" if seen.free_bytes < ROOM_BAD_BYTES else "warn"
        found.append(
            wrong("disk", state, codes.LITTLE_ROOM, f"剩余空间仅 {free}", f"only {free} free", figures=figures)
        )
    if seen.swaps:
        where = "、".join(seen.swaps)
        found.append(
            wrong("disk", "warn", codes.SWAP_ON_CARD, f"存储卡上有交换区：{where}", f"swap on the card: {where}")
        )
    if seen.journal_on_card:
        what = "系统日志写在存储卡上，磨损快", "the journal is written to the card, which wears it"
        found.append(wrong("disk", "warn", codes.JOURNAL_ON_CARD, *what))
    found += _wear(seen)
    return found or [fine("disk", f"磁盘正常，剩余 {free}", f"the disk is well, {free} free", figures=figures)]


def _wear(seen: Disk) -> list[Finding]:
    used, end = seen.life_used or 0, seen.end_of_life or 0
    if used < WORN_WARN and end < END_OF_LIFE_WARN:
        return []
    state: State = "bad" if used >= WORN_BAD or end >= END_OF_LIFE_BAD else "warn"
    share = f"已用寿命约 {min(used, 10) * 10}%" if used else "备用块将尽"
    in_english = f"about {min(used, 10) * 10} % of its life is used" if used else "its spare blocks run out"
    return [
        wrong(
            "disk",
            state,
            codes.CARD_WORN,
            f"存储卡磨损：{share}",
            f"the card is worn: {in_english}",
            figures={"life_used": float(used)},
        )
    ]


def power(seen: Power) -> Finding:
    """Judge the supply."""
    if seen.bits is None and seen.low_alarm is None:
        return wrong(
            "power", "skipped", codes.NOT_MEASURED, "本机不报告供电电压", "this machine does not tell its voltage"
        )
    bits = seen.bits or 0
    if bits & UNDER_VOLTAGE_NOW or seen.low_alarm:
        return wrong(
            "power",
            "bad",
            codes.UNDER_VOLTAGE,
            "供电电压过低",
            "the voltage is too low now",
            figures={"bits": float(bits)},
        )
    if bits & UNDER_VOLTAGE_WAS:
        what = "开机以来曾电压过低", "the voltage was too low at times since it started"
        return wrong("power", "warn", codes.UNDER_VOLTAGE, *what, figures={"bits": float(bits)})
    return fine("power", "供电正常", "the supply is well", figures={"bits": float(bits)})


def temperature(degrees_c: float | None, bits: int | None = None) -> Finding:
    """Judge how warm the processor is; `bits` as of `Power`."""
    if degrees_c is None:
        return wrong("temperature", "skipped", codes.NOT_MEASURED, "读不到温度", "the temperature cannot be read")
    said, figures = f"{degrees_c:.0f} °C", {"celsius": round(degrees_c, 1)}
    slowed = bool((bits or 0) & SLOWED_NOW)
    if degrees_c >= HOT_C or slowed:
        return wrong(
            "temperature",
            "bad",
            codes.TOO_WARM,
            f"处理器过热 {said}，已降速",
            f"the processor is too hot, {said}: it slows down",
            figures=figures,
        )
    if degrees_c >= WARM_C or (bits or 0) & SLOWED_WAS:
        return wrong(
            "temperature",
            "warn",
            codes.TOO_WARM,
            f"处理器偏热 {said}，或曾降速",
            f"the processor is warm, {said}, or slowed down before",
            figures=figures,
        )
    return fine("temperature", f"温度正常 {said}", f"the temperature is well, {said}", figures=figures)
