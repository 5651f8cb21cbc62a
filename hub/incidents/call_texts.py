"""What people and programs are told of a call for help: Chinese first, English second, nothing of who called (pure)."""

from typing import Any, Final

import msgspec

from hub.incidents.alert_texts import MARK, MOST_SUBJECT, Text, iso
from hub.incidents.calls import Call
from hub.incidents.delivery.letter import clean
from hub.listing import duration
from hub.local_time import written

EVENTS: Final = "emergency"
"""Every event of a call begins with this; after a dot comes its step."""


def letter(call: Call, at_ms: int) -> Text:
    """Return what a person on duty is told of a call that nobody took."""
    where = place(call)
    lines = [
        "有人紧急求助，至今无人签收。Somebody called for help, and nobody has taken it yet.",
        f"地点 Where: {where}（{call.station}）",
        f"求助 Called: {written(call.at_ms)}" + (f"，共 {call.presses} 次 times" if call.presses > 1 else ""),
        f"已等 Waited: {duration(at_ms - call.received_ms)}",
        f"第 {call.level} 次升级 Escalation {call.level}",
        "下一步 Next: 立即联系该村，并在“求助”页签收。Reach the village now, and acknowledge on the page of calls.",
        f"编号 Number: {call.id}",
    ]
    subject = f"{MARK} 紧急求助无人签收：{where} · call for help, nobody took it"
    return Text(clean(subject, MOST_SUBJECT), "\n".join(lines) + "\n")


def event(step: str, call: Call, at_ms: int) -> Text:
    """Return what a program is posted: an event of Standard Webhooks; no names of people, no notes."""
    body = {"type": f"{EVENTS}.{step}", "timestamp": iso(at_ms), "data": announced(call)}
    return Text(f"{EVENTS}.{step} {call.id}", msgspec.json.encode(body).decode())


def announced(call: Call) -> dict[str, Any]:
    """Return a call as programs read it."""
    return {
        "id": call.id,
        "station": call.station,
        "where": place(call),
        "state": call.state,
        "level": call.level,
        "presses": call.presses,
        "at_ms": call.at_ms,
        "received_ms": call.received_ms,
        "withdrawn_ms": call.withdrawn_ms,
        "acknowledged_ms": call.acknowledged_ms,
        "closed_ms": call.closed_ms,
        "outcome": call.outcome,
        "matter": call.matter,
    }


def place(call: Call) -> str:
    """Return where it is, as people say it."""
    short = call.name.removeprefix(call.town)
    return clean(f"{call.town} {short}", 64)
