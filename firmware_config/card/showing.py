"""What a technician reads before a card is written: what is on it now, and what will be (pure)."""

from collections.abc import Sequence
from typing import Any, Final

from firmware_config.card.content import BUNDLE, TOKEN, Content
from firmware_config.card.devices import Device, size_text
from firmware_config.card.partitions import Partition
from firmware_config.card.writing import Step

SCHEMA: Final = 1
_WORDS: Final = {"add": "新增 add", "change": "修改 change", "keep": "不变 keep", "remove": "删除 remove"}
TOKEN_WARNING: Final = (
    "注意：卡上将有明文标签码，首次启动后才删除；在此之前，拿到卡的人都能以本站身份登记。\n"
    "Warning: the token will lie open on the card until its first boot; whoever holds the card till then can enrol as "
    "this station."
)


def device_lines(device: Device, lies: Sequence[tuple[Partition, str]]) -> list[str]:
    """Return which card it is, and what is on it now."""
    name = " ".join(part for part in (device.vendor, device.model, device.serial) if part) or "文件 file"
    parts = [f"  {one.number}: {filesystem}  {size_text(one.bytes)}" for one, filesystem in lies]
    return [f"{device.path}  {size_text(device.bytes)}  {name}", *(parts or ["  空白，或无法识别 blank, or unknown"])]


def plan_lines(
    content: Content,
    steps: Sequence[Step] | None,
    holder: str | None,
    image: str | None,
    now_ms: int,
    *,
    with_token: bool = False,
) -> list[str]:
    """Return what will be written; `steps` None: known only once the image is on the card."""
    entry = content.entry
    number = entry.bundle.sequence if entry.bundle is not None else 0
    lines = [f"{entry.code} {entry.town} {entry.name}  {entry.os}  #{number}"]
    if entry.token is None or not entry.token.is_live(now_ms):
        lines.append(
            f"还没有可用的标签 it has no label that lets it in yet: firmware-config label mint --again {entry.code}"
        )
    if holder is not None and holder != entry.code:
        lines.append(_anothers(holder))
    if image is not None:
        lines.append(f"先清空整张卡并写入系统 the whole card is erased, then the system written: {image}")
    for step in steps or ():
        lines.append(f"  {_WORDS[step.what]}  {step.path}")
    if steps is None:
        lines.append(f"  再写入启动文件与配置包 then the boot files and {BUNDLE}")
    if with_token:
        lines += [f"  {_WORDS['add']}  {TOKEN}", TOKEN_WARNING]
    return lines


def plan_json(
    content: Content, steps: Sequence[Step] | None, holder: str | None, image: str | None, device: Device | None
) -> dict[str, Any]:
    """Return the same for programs."""
    return {
        "schema": SCHEMA,
        "station": content.entry.code,
        "os": content.entry.os,
        "bundle": content.sha256,
        "holder": holder,
        "image": image,
        "device": None
        if device is None
        else {
            "path": str(device.path),
            "bytes": device.bytes,
            "vendor": device.vendor,
            "model": device.model,
            "serial": device.serial,
        },
        "steps": None if steps is None else [{"path": step.path, "what": step.what} for step in steps],
    }


def verdict_lines(code: str, holder: str | None, flaws: Sequence[str], *, token: bool) -> list[str]:
    """Return what verifying a card found."""
    told = [*flaws] if holder in {None, code} else [_anothers(holder or "?"), *flaws]
    if token:
        told.append(f"{TOKEN}: 明文标签码还在卡上，首次启动后应消失 the token lies on it until its first boot")
    return [f"{code}: {flaw}" for flaw in told] or [f"{code}: 正确 as it must be"]


def _anothers(holder: str) -> str:
    whose = "外县或已损坏 of another county, or damaged" if holder == "?" else holder
    return f"此卡现为其他站点所用 it is another station's card now: {whose}"
