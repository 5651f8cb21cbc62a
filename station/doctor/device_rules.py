"""What is judged of reader, cameras, sound and printer: what was seen in, findings out (pure)."""

from typing import Final, Literal, NamedTuple

from station.devices.camera.codes import MEANINGS
from station.doctor import codes
from station.doctor.codes import fine, wrong
from wire.acceptance import Finding
from wire.video import FAULTS, FaultKind

SLOW_FRAMES_PER_S: Final = 5.0
"""What a villager's picture is judged by needs two looks a second; below five the county sees a slide show."""
SMALL_WIDTH_PX: Final = 640
"""The doctor of cameras judges at 640 × 360 (`camera.md`)."""


SOFT_FOCUS: Final = 35.0
"""`station/vision/focus.py`: sharp pictures have 56 to 100, a blur of 2 px at 640 px 28 to 34 (one of four: 62)."""


class ReaderSeen(NamedTuple):
    """What a reader said; nothing of whose card it was."""

    module_id: str = ""
    """The SAM id; empty where it did not say."""
    baud: int | None = None
    """Where it answered (11 FF); None when it never did."""
    trouble: str | None = None
    """E-READER-…, the last trouble it told."""
    card: Literal["read", "not read", "not asked"] = "not asked"
    used_by_kiosk: bool = False
    kiosk_state: str | None = None
    """What the kiosk says of it, while it has the port: a DeviceState's state."""


class CameraSeen(NamedTuple):
    """What a camera showed."""

    name: str
    state: str
    """`ok`, `degraded`, `failed` or `unknown`."""
    code: str | None = None
    """E-CAM-… or E-VQD-…"""
    frames_per_s: float = 0.0
    width_px: int = 0
    height_px: int = 0
    focus: float | None = None
    """0 to 100; None without a picture."""
    faults: tuple[FaultKind, ...] = ()
    aim_saved: bool = False
    """Whether the station has learnt what this camera should see."""
    used_by_agent: bool = False
    """The agent has it: this is its word, and there is no picture."""


def reader(seen: ReaderSeen | None) -> list[Finding]:
    """Judge the ID-card reader; None where the settings name none."""
    if seen is None:
        return [wrong("reader", "warn", codes.NO_READER_SET, "设置中没有读卡器", "the settings name no reader")]
    if seen.used_by_kiosk:
        left_out = "界面占用读卡器，未试读身份证", "the kiosk has the reader: no card was tried"
        return [_reader_of_kiosk(seen), _card_left_out(*left_out)]
    module = _module(seen)
    return [module] if module.state == "bad" else [module, _card(seen)]


def _module(seen: ReaderSeen) -> Finding:
    if seen.baud is None:
        why = f"（{seen.trouble}）" if seen.trouble else ""
        what = f"读卡器没有应答{why}", f"the reader does not answer ({seen.trouble or 'silent'})"
        return wrong("reader", "bad", codes.READER_SILENT, *what)
    if seen.trouble in {"E-READER-20", "E-READER-21"}:
        what = f"读卡器安全模块报告故障（{seen.trouble}）", f"its security module reports a fault ({seen.trouble})"
        return wrong("reader", "bad", codes.READER_FAULT, *what)
    named = f"模块号 {seen.module_id}" if seen.module_id else "未报模块号"
    in_english = f"module {seen.module_id}" if seen.module_id else "it tells no module id"
    figures = {"baud": float(seen.baud)}
    return fine("reader", f"读卡器正常，{named}", f"the reader is well, {in_english}", figures=figures)


def _card(seen: ReaderSeen) -> Finding:
    if seen.card == "read":
        return fine(
            "reader", "已读到一张身份证（内容未保存）", "a card was read; nothing of it is kept", subject="card"
        )
    if seen.card == "not asked":
        return _card_left_out("未试读身份证", "no card was tried")
    what = "限时内没有读到身份证", "no card was read in time"
    return wrong("reader", "bad", codes.NO_CARD_READ, *what, subject="card")


def _card_left_out(zh: str, en: str) -> Finding:
    return wrong("reader", "skipped", codes.NO_CARD_READ, zh, en, subject="card")


def _reader_of_kiosk(seen: ReaderSeen) -> Finding:
    if seen.kiosk_state == "ok":
        return fine("reader", "界面报告读卡器正常", "the kiosk says that the reader is well")
    if seen.kiosk_state is None:
        what = "读卡器正被界面占用", "the kiosk uses the reader"
        return wrong("reader", "skipped", codes.IN_USE, *what)
    return wrong(
        "reader", "bad", codes.READER_SILENT, "界面报告读卡器异常", "the kiosk says that the reader is not well"
    )


def camera(seen: CameraSeen) -> list[Finding]:
    """Judge one camera."""
    name = seen.name
    figures = {
        "frames_per_s": round(seen.frames_per_s, 1),
        "width_px": float(seen.width_px),
        "height_px": float(seen.height_px),
        **({} if seen.focus is None else {"focus": round(seen.focus, 1)}),
    }
    if seen.state in {"failed", "unknown"}:
        meaning = MEANINGS.get(seen.code or "", "没有画面 no pictures arrive")
        zh, en = _halves(meaning)
        return [wrong("camera", "bad", codes.NO_PICTURE, f"{zh}（{seen.code}）", en, subject=name, figures=figures)]
    found = []
    for kind in seen.faults:
        words = FAULTS[kind]
        what = f"画面异常：{words.chinese}（{words.code}）", f"the picture is not well: {words.english}"
        found.append(wrong("camera", "bad", codes.PICTURE_WRONG, *what, subject=name, figures=figures))
    small = 0 < seen.width_px < SMALL_WIDTH_PX
    if not seen.used_by_agent and (seen.frames_per_s < SLOW_FRAMES_PER_S or small):
        what = f"画面过慢或过小：{_size(seen)}", f"too slow or too small: {_size(seen)}"
        found.append(wrong("camera", "warn", codes.CAMERA_SLOW, *what, subject=name, figures=figures))
    if seen.focus is not None and seen.focus < SOFT_FOCUS and not seen.faults:
        what = f"画面可能没有对焦：清晰度 {seen.focus:.0f}", f"perhaps out of focus: {seen.focus:.0f} of 100"
        found.append(wrong("camera", "warn", codes.PICTURE_WRONG, *what, subject=name, figures=figures))
    if not seen.aim_saved:
        what = "对准的画面尚未记住", "the view it is aimed at is not learnt yet"
        found.append(wrong("camera", "warn", codes.AIM_NOT_SAVED, *what, subject=name))
    if seen.used_by_agent and not found:
        return [
            fine("camera", "后台服务报告画面正常", "the agent says that its picture is well", subject=name),
            wrong(
                "camera",
                "skipped",
                codes.IN_USE,
                "摄像机正被后台服务占用，未取画面",
                "the agent uses it: no picture was taken",
                subject=name,
            ),
        ]
    focus = "" if seen.focus is None else f"，清晰度 {seen.focus:.0f}"
    in_english = "" if seen.focus is None else f", focus {seen.focus:.0f}"
    return found or [
        fine(
            "camera",
            f"画面正常 {_size(seen)}{focus}",
            f"a good picture, {_size(seen)}{in_english}",
            subject=name,
            figures=figures,
        )
    ]


def no_camera() -> Finding:
    """Return what is said of a station whose settings name no camera."""
    return wrong("camera", "warn", codes.NO_CAMERA_SET, "设置中没有摄像机", "the settings name no camera")


def watched_less(seconds: float) -> Finding:
    """Return what is said when cameras were watched for less than a cover takes to be told: no record hides it."""
    what = f"只看了 {seconds:g} 秒，未查遮挡", f"watched for {seconds:g} s only: a cover was not looked for"
    return wrong("camera", "skipped", codes.NOT_MEASURED, *what)


def _size(seen: CameraSeen) -> str:
    return f"{seen.width_px}x{seen.height_px} {seen.frames_per_s:.0f} fps"


def _halves(both: str) -> tuple[str, str]:
    """Return the Chinese and the English half of a text that has Chinese first."""
    last = max((at for at, sign in enumerate(both) if "\u4e00" <= sign <= "\u9fff" or sign in "，。：）"), default=-1)
    return both[: last + 1].strip(), both[last + 1 :].strip()


def sound(available: bool, trouble: str | None, heard: bool | None) -> Finding:
    """Judge the loudspeaker; `heard` is a person's word, None when nobody was asked."""
    if not available or trouble is not None:
        why = f"（{trouble[:10]}）" if trouble else ""
        return wrong(
            "sound",
            "bad",
            codes.NO_SOUND,
            f"不能发声{why}",
            f"no sound can be made ({trouble[:10]})" if trouble else "no sound can be made",
        )
    if heard is None:
        return wrong(
            "sound", "skipped", codes.NOT_HEARD, "声卡正常，但无人确认听到", "the sound card is there; nobody was asked"
        )
    if not heard:
        return wrong("sound", "bad", codes.NOT_HEARD, "现场没有听到声音", "nothing was heard")
    return fine("sound", "现场听到了声音", "it was heard")


def printer(name: str | None, state: str) -> Finding:
    """Judge the printer; `state` is `ready`, `none` or `silent` as CUPS says."""
    if name is None:
        return fine("printer", "本站不装打印机，显示二维码", "no printer is set up: codes are shown instead")
    if state == "ready":
        return fine("printer", f"打印机就绪：{name}", f"the printer is ready: {name}")
    why = (
        ("打印系统无响应", "CUPS does not answer")
        if state == "silent"
        else ("没有该打印机或已停用", "no such printer, or it is stopped")
    )
    return wrong("printer", "bad", codes.PRINTER_NOT_READY, f"{why[0]}：{name}", f"{why[1]}: {name}")
