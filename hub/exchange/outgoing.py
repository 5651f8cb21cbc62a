"""What goes to the province's platform: one row per visit or incident, by a field dictionary; masked (pure)."""

import json
from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple

from hub.csv_text import BOM, line
from hub.exchange.fields import MATTERS, SERVICES, STATE
from hub.exchange.sources import CHANNEL
from hub.incidents.incident import CAUSES, STATES, Incident
from hub.incidents.trouble import KINDS
from hub.local_time import written
from hub.store.outgoing import OutVisit
from wire.person import Mask, Person, Words

What = Literal["visits", "incidents"]
Format = Literal["csv", "json"]
Told = dict[str, str | int | None]

OUT: Final[dict[What, dict[str, tuple[str, str]]]] = {
    "visits": {
        "record": ("记录编号", "station, epoch and number: one visit, for good"),
        "channel": ("来源渠道代码", "C1 to C6 (2+6)"),
        "station": ("站点编码", "code of the station"),
        "village": ("村居", "its name"),
        "town": ("乡镇", "its town"),
        "number": ("受理编号", "number on the receipt"),
        "service": ("服务类型", "code of the service"),
        "service_zh": ("服务名称", "its name"),
        "matter": ("事项类别", "code of the matter, or empty"),
        "matter_zh": ("事项名称", "its name"),
        "at": ("来访时间", "when they came, China's time; empty where the station could not date it"),
        "received": ("入库时间", "when the county had it"),
        "delay_s": ("录入延迟（秒）", "from at to received"),
        "state": ("办理状态", "code of the state"),
        "state_zh": ("办理状态名称", "its name"),
        "answered": ("答复时间", "when it was first answered"),
        "rating": ("满意度", "5 (best) to 1, or empty"),
        "identity": ("身份方式", "card, service_card, typed or anonymous"),
        "name": ("姓名", "masked, unless exported whole"),
        "id_number": ("证件号", "masked, unless exported whole"),
        "phone": ("电话", "only when exported whole"),
        "words": ("诉求内容", "only when exported whole"),
    },
    "incidents": {
        "record": ("事件编号", "the incident's id"),
        "kind": ("类别", "code of the kind"),
        "kind_zh": ("类别名称", "its name"),
        "place": ("地点", "village, town or county"),
        "town": ("乡镇", "its town"),
        "villages": ("影响村数", "how many it ever affected"),
        "priority": ("级别", "1 (highest) to 3"),
        "state": ("状态", "code of the state"),
        "state_zh": ("状态名称", "its name"),
        "since": ("发生时间", "when it came true"),
        "noticed": ("发现时间", "when it was noticed"),
        "recovered": ("恢复时间", "when nothing of it was left"),
        "resolved": ("处置时间", "when it was resolved"),
        "closed": ("办结时间", "when it was closed"),
        "deadline": ("修复时限", "by when it was to be repaired"),
        "supervised": ("督办", "1 while it is"),
        "cause": ("原因", "code of the cause"),
        "cause_zh": ("原因名称", "its name"),
    },
}
"""The dictionary of what goes out: each field with its Chinese heading and what stands in it."""


class Shown(NamedTuple):
    """What may be shown of who came: a mask, or, exported whole, all of it."""

    mask: Mask | None = None
    person: Person | None = None
    words: Words | None = None

    def __repr__(self) -> str:
        return "Shown(…)"


def visit_told(visit: OutVisit, shown: Shown) -> Told:
    """Return a visit as it goes out."""
    person, mask = shown.person, shown.mask
    at_ms = visit.at_ms
    return {
        "record": f"{visit.station}:{visit.epoch}:{visit.number}",
        "channel": CHANNEL["kiosk"].code,
        "station": visit.station,
        "village": visit.name,
        "town": visit.town,
        "number": visit.number,
        "service": visit.service,
        "service_zh": SERVICES[visit.service].zh if visit.service in SERVICES else "",
        "matter": visit.matter,
        "matter_zh": MATTERS[visit.matter].zh if visit.matter in MATTERS else None,
        "at": _time(at_ms),
        "received": _time(visit.received_ms),
        "delay_s": None if at_ms is None else max(0, visit.received_ms - at_ms) // 1000,
        "state": visit.state,
        "state_zh": STATE[visit.state].zh if visit.state in STATE else "",
        "answered": _time(visit.answered_ms),
        "rating": visit.rating,
        "identity": visit.who,
        "name": person.name if person is not None else None if mask is None else mask.name,
        "id_number": person.id_number if person is not None else None if mask is None else mask.id_number,
        "phone": None if person is None else person.phone or None,
        "words": None if shown.words is None else shown.words.text,
    }


def incident_told(one: Incident) -> Told:
    """Return an incident as it goes out."""
    return {
        "record": one.id,
        "kind": one.kind,
        "kind_zh": KINDS[one.kind][0],
        "place": one.name,
        "town": one.town,
        "villages": one.affected,
        "priority": one.priority,
        "state": one.state,
        "state_zh": STATES[one.state][0],
        "since": _time(one.since_ms),
        "noticed": _time(one.noticed_ms),
        "recovered": _time(one.recovered_ms),
        "resolved": _time(one.resolved_ms),
        "closed": _time(one.closed_ms),
        "deadline": _time(one.deadline_ms),
        "supervised": int(one.supervised),
        "cause": one.cause,
        "cause_zh": None if one.cause is None else CAUSES[one.cause][0],
    }


def as_csv(what: What, rows: Iterable[Told]) -> Iterator[str]:
    """Give the lines of a CSV (UTF-8 with BOM), the Chinese headings first; what looks like a formula is text."""
    yield BOM + line(heading for heading, _ in OUT[what].values())
    for row in rows:
        yield line(row[name] for name in OUT[what])


def as_json(what: What, rows: Iterable[Told]) -> Iterator[str]:
    """Give a JSON document `{"what", "fields", "records": [...]}`, a record to a line."""
    fields = {name: heading for name, (heading, _) in OUT[what].items()}
    yield json.dumps({"what": what, "fields": fields}, ensure_ascii=False)[:-1] + ', "records": ['
    before = "\n"
    for row in rows:
        yield before + json.dumps(row, ensure_ascii=False)
        before = ",\n"
    yield "\n]}\n"


WRITERS: Final = {"csv": as_csv, "json": as_json}


def _time(at_ms: int | None) -> str | None:
    return None if at_ms is None else written(at_ms)
