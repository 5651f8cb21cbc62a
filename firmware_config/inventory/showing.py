"""What is shown of an entry: to people as lines, to programs as JSON; no digest, no sealed box (pure)."""

import datetime as dt
from typing import Any, Final, Literal

import msgspec

from firmware_config.inventory.entry import PLANNED, Entry, State, state_of
from firmware_config.inventory.inventory import Change
from firmware_config.inventory.planning import Edit

SCHEMA: Final = 1
Need = Literal["label", "bundle", "card"]
STATE_WORDS: Final[dict[State, str]] = {
    "planned": "计划", "labelled": "已制标签", "bundled": "已打包", "carded": "已写卡", "enrolled": "已开通",
    "accepted": "已验收", "revoked": "已吊销",
}  # fmt: skip


def needs_of(entry: Entry, now_ms: int) -> list[Need]:
    """Return what is still to be made before the station can be set up, and for one that was, to bring it up to date.

    Once it is enrolled a label is needed for new secrets alone.
    """
    state = state_of(entry)
    is_set_up = state in {"enrolled", "accepted", "revoked"}
    wanted: dict[Need, bool] = {
        "label": (entry.lacks_secrets and state != "revoked")
        or not (is_set_up or (entry.token is not None and entry.token.is_live(now_ms))),
        "bundle": not entry.has_current_bundle,
        "card": not (is_set_up or entry.has_current_card),
    }
    return [need for need, is_so in wanted.items() if is_so]


def as_json(entry: Entry, now_ms: int) -> dict[str, Any]:
    """Return an entry for programs."""
    shown: dict[str, Any] = {"code": entry.code}
    shown |= {name: msgspec.to_builtins(getattr(entry, name)) for name in PLANNED}
    shown |= {"state": state_of(entry), "needs": needs_of(entry, now_ms)}
    token = msgspec.to_builtins(entry.token) or {}
    token.pop("digest", None)
    shown["label"] = token or None
    shown["sealed"] = {one.path: one.of for one in entry.sealed}
    for name in ("bundle", "card", "hub", "revoked_ms", "accepted_ms"):
        shown[name] = msgspec.to_builtins(getattr(entry, name))
    (shown["hub"] or {}).pop("token", None)
    shown["issued"] = [{"issued_ms": one.issued_ms, "by": one.by} for one in entry.issued]
    return shown


def as_lines(entry: Entry, changes: list[Change], now_ms: int) -> list[str]:
    """Return an entry for people, with its history."""
    words = _words(entry)
    facts = [
        ("编码 code", entry.code),
        ("名称 name", entry.name),
        ("镇街 town", entry.town),
        ("状态 state", f"{STATE_WORDS[state_of(entry)]} {state_of(entry)}"),
        ("待办 needs", " ".join(needs_of(entry, now_ms)) or "-"),
        ("系统 os", entry.os),
        ("屏幕 panel", entry.panel),
        ("读卡器 reader", words["reader"]),
        ("摄像机 cameras", words["cameras"]),
        ("打印机 printer", entry.printer or "-"),
        ("无线 Wi-Fi", entry.wifi_ssid or "-"),
        ("网络 network", words["network"]),
        ("备注 note", entry.note or "-"),
        ("标签 label", _label(entry, now_ms)),
    ]
    if entry.bundle is not None:
        facts.append(("配置包 bundle", f"#{entry.bundle.sequence} {day(entry.bundle.made_ms)}"))
    if entry.card is not None:
        facts.append(("存储卡 card", day(entry.card.written_ms)))
    if entry.hub is not None:
        facts.append(("中心 hub", f"{entry.hub.state} {entry.hub.software or ''}".strip()))
    lines = [f"{name}: {value}" for name, value in facts]
    lines += [f"  {day(one.at_ms)} #{one.number} {one.what}: {one.stations[entry.code]}" for one in changes]
    return lines


def edit_lines(edit: Edit) -> list[str]:
    """Return what an edit does, as lines of a diff."""
    entry = edit.after
    if edit.before is None:
        return [f"+ {entry.code} {entry.name} {entry.town}"]
    was, now = _words(edit.before), _words(entry)
    return [f"~ {entry.code} {name}: {was[name]} → {now[name]}" for name in edit.fields]


def day(at_ms: int) -> str:
    """Return a time as people here read it."""
    return dt.datetime.fromtimestamp(at_ms / 1000).astimezone().strftime("%Y-%m-%d %H:%M")


def _label(entry: Entry, now_ms: int) -> str:
    token = entry.token
    if token is None:
        return "-"
    if token.burnt_ms is not None:
        return f"已使用 used {day(token.burnt_ms)}"
    if token.revoked_ms is not None:
        return f"已作废 revoked {day(token.revoked_ms)}"
    word = "有效至 valid until" if token.is_live(now_ms) else "已过期 expired"
    return f"{word} {day(token.expires_ms)}"


def _words(entry: Entry) -> dict[str, str]:
    """Return each field of the plan as people read it."""
    reader, network = entry.reader, entry.network
    return {
        **{name: str(getattr(entry, name) or "-") for name in PLANNED},
        "reader": f"{reader.port} @ {reader.baud}" if reader else "-",
        "cameras": ", ".join(f"{one.name} {one.source}" for one in entry.cameras) or "-",
        "network": f"{network.address} via {network.gateway}" if network else "DHCP",
    }
