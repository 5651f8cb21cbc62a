"""What an alert says: Chinese first, English second, and nothing of any villager (pure)."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import msgspec
from msgspec.structs import asdict

from hub.incidents.alerting import BEGINNINGS, DUTIES, Collected
from hub.incidents.delivery.letter import clean
from hub.incidents.incident import STATES, STEPS, Incident
from hub.incidents.reasons import REASONS
from hub.incidents.trouble import KINDS
from hub.listing import duration
from hub.local_time import written
from wire.health import Incident as Announced

MOST_SUBJECT: Final = 200
MOST_WHY: Final = 200
MOST_LINES: Final = 40
"""Lines of a digest; what has none is counted in the last."""
MOST_STATIONS: Final = 2_000
"""By the contract (`wire/health.py`)."""
MARK: Final = "[村村通]"
NEXT: Final[dict[str, tuple[str, str]]] = {
    "new": ("请签收并研判", "acknowledge it and look into it"),
    "acknowledged": ("研判后派单处置", "decide, and send somebody"),
    "dispatched": ("督促按时修复并反馈", "see that it is repaired in time and reported"),
    "resolved": ("请复查后办结", "look again, then close it"),
    "closed": ("无需处理", "nothing"),
}
"""What is to be done next, by state."""
REPORT: Final = ("已恢复，请催报原因后办结", "it is well again: have the cause reported, then close it")
"""The same where whoever was sent did not report yet."""
DUTY_NEXT: Final[dict[str, tuple[str, str]]] = {
    "expired": ("签收已到期：请重新签收或派单", "its acknowledgement expired: acknowledge it again or send somebody"),
    "escalated": ("无人签收，已升级：请指定专人处理", "nobody acknowledged it: name who is to act"),
    "supervised": (
        "列入督办（已超期，或督导要求）：请督促修复",
        "overdue, or a supervisor says so: see that it is repaired",
    ),
}


class Text(NamedTuple):
    """One line, and the whole."""

    subject: str
    body: str


def alert(event: str, incident: Incident, county: str, at_ms: int) -> Text:
    """Return what a person is told of one event of an incident, as it stands now."""
    kind, step = KINDS[incident.kind], STEPS[event]  # type: ignore[index]
    where = place(incident, county)
    villages = len(incident.stations) or incident.affected
    over = incident.recovered_ms is not None
    lasted_ms = (incident.recovered_ms if incident.recovered_ms is not None else at_ms) - incident.since_ms
    many = f"{villages} 村 {villages} village{'s' * (villages != 1)}" if villages else "县级中心 the county centre"
    state = STATES[incident.state]
    who = incident.dispatched_to or incident.owner
    next_one = REPORT if over and incident.state == "dispatched" else DUTY_NEXT.get(event, NEXT[incident.state])
    lines = [
        f"事件 What: {kind[0]} {kind[1]} · {step[0]} {step[1]}",
        f"地点 Where: {where}",
        f"影响 Affected: {many}",
        f"开始 Since: {written(incident.since_ms)}（{duration(lasted_ms)}）",
        f"依据 Why: {why(incident)}",
        # A letter may have waited for its server.
        f"状态 State: {state[0]} {state[1]}（截至 as of {written(at_ms)}）",
        f"责任 With: {clean(who) if who else '无人 nobody yet'}",
        f"下一步 Next: {next_one[0]} {next_one[1]}",
        f"编号 Number: {incident.id}",
    ]
    if over:
        lines.insert(4, f"恢复 Over: {written(incident.recovered_ms or 0)}")
    if incident.deadline_ms is not None and not over:
        lines.insert(-3, f"时限 Repair by: {written(incident.deadline_ms)}")
    if incident.times > 1:
        lines.insert(4, f"次数 Times: {incident.times}")
    number = f" {villages} 村" if incident.scope in {"county", "town"} and villages else ""
    subject = f"{MARK} {step[0]}：{where} {kind[0]}{number} · {step[1]}: {kind[1]}"
    return Text(clean(subject, MOST_SUBJECT), "\n".join(lines) + "\n")


def digest(collected: Sequence[Collected], at_ms: int) -> Text:
    """Return one letter that counts every incident of what was collected, by kind and place."""
    events: dict[str, list[Collected]] = {}
    for one in sorted(collected, key=lambda one: one.id):
        events.setdefault(one.incident, []).append(one)
    began = [told for told in events.values() if _began(told)]
    before = [told for told in events.values() if not _began(told)]
    merged = sum(map(_is_merged, events.values()))
    over, only_over = (sum(told[-1].event == "recovered" for told in those) for those in (began, before))
    duties = sum(any(one.event in DUTIES for one in told) for told in began)
    kinds: dict[str, int] = {}
    for told in began:
        kinds[told[0].kind] = kinds.get(told[0].kind, 0) + 1
    by_kind = "、".join(f"{_kind(kind)[0]} {number}" for kind, number in kinds.items())
    lines = [
        f"汇总 Digest, {written(at_ms)}",
        f"事件 Incidents: {len(began)}，其中已恢复 of which over: {over}，待督促 overdue or not acknowledged: {duties}",
        f"此前事件恢复 Incidents of before that are over: {only_over}",
        *([f"并入上级事件 Part of a greater one: {merged}"] if merged else ()),
        "",
        *_by_place(began, "", ""),
        *_by_place([told for told in before if not _is_merged(told)], "恢复 ", "over: "),
        *_by_place([told for told in before if _is_merged(told)], "并入上级 ", "part of a greater one: "),
        "",
        "各事件详见大屏与“事件”页。Each stands on the wall and the page of incidents.",
    ]
    subject = f"{MARK} 汇总：{len(began)} 起事件{'（' + by_kind + '）' if by_kind else ''}，恢复 {over + only_over} 起"
    subject += f" · digest: {len(began)} incident{'s' * (len(began) != 1)}, {over + only_over} over"
    return Text(clean(subject, MOST_SUBJECT), "\n".join(lines) + "\n")


def announced(incident: Incident, county: str, at_ms: int) -> Announced:
    """Return an incident as programs read it (MQTT and webhooks): no names of people, no notes."""
    return Announced(
        id=incident.id,
        kind=incident.kind,
        scope=incident.scope,
        where=place(incident, county),
        state=incident.state,
        priority=incident.priority,
        since_ms=incident.since_ms,
        at_ms=at_ms,
        stations=list(incident.stations[:MOST_STATIONS]),
        recovered_ms=incident.recovered_ms,
        deadline_ms=incident.deadline_ms,
        supervised=incident.supervised,
        reason=incident.reason or None,
    )


def event_of(event: str, incident: Incident, county: str, at_ms: int) -> Text:
    """Return what a program is posted: an event of Standard Webhooks, its data as on MQTT."""
    data = asdict(announced(incident, county, at_ms))
    body = msgspec.json.encode({"type": f"incident.{event}", "timestamp": iso(at_ms), "data": data})
    return Text(f"incident.{event} {incident.id}", body.decode())


def why(incident: Incident) -> str:
    """Return why it was decided, in words where its code has any, with the figures."""
    words = " ".join(REASONS.get(incident.reason, (incident.reason,)))
    return clean(" · ".join(part for part in (words, incident.note) if part), MOST_WHY) or "-"


def iso(at_ms: int) -> str:
    """Return a time as programs read it."""
    return dt.datetime.fromtimestamp(at_ms / 1000, dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def place(incident: Incident, county: str) -> str:
    """Return where it is, as people say it."""
    named = f"{incident.town} {incident.name}" if incident.scope == "station" else incident.name
    return clean(named, 64) or county


def _kind(kind: str) -> tuple[str, str]:
    return KINDS[kind]  # type: ignore[index]


def _began(told: Iterable[Collected]) -> bool:
    return any(one.event in BEGINNINGS for one in told)


def _is_merged(told: Sequence[Collected]) -> bool:
    return told[-1].event == "absorbed"


def _by_place(incidents: Iterable[Sequence[Collected]], chinese: str, english: str) -> list[str]:
    numbers: dict[tuple[str, str], int] = {}
    for told in incidents:
        spot = told[0].kind, told[0].where
        numbers[spot] = numbers.get(spot, 0) + 1
    ranked = sorted(numbers.items(), key=lambda one: (-one[1], one[0]))
    lines = [
        f"{chinese}{clean(where, 64)} {_kind(kind)[0]} {number} 起 · {english}{_kind(kind)[1]} {number}"
        for (kind, where), number in ranked[:MOST_LINES]
    ]
    rest = sum(number for _, number in ranked[MOST_LINES:])
    return [*lines, f"{chinese}其余 {rest} 起 · {english}{rest} more"] if rest else lines
