"""What `hub incident` prints: rows, words and how a terminal colours them."""

from collections.abc import Mapping, Sequence
from typing import Final

from hub.incidents.alert_texts import why
from hub.incidents.incident import CAUSES, MACHINE, STATES, STEPS, Incident
from hub.incidents.reasons import MOVED, REASONS, moved
from hub.incidents.trouble import KINDS, Scope
from hub.listing import duration, moment
from hub.store.incidents import Member, StepRow

HEADS: Final = (
    "编号 id", "级 P", "类别 kind", "地点 where", "村 villages", "开始 since", "历时 lasts", "状态 state",
    "责任人 with", "时限 by",
)  # fmt: skip
SCOPES: Final[dict[Scope, str]] = {
    "hub": "县级中心 centre",
    "county": "全县 county",
    "town": "全镇 town",
    "station": "",
}
MOVED_IN: Final = [{name: said[which] for name, said in MOVED.items()} for which in (0, 1)]
MACHINE_WORD: Final = "系统 hub"
STYLES: Final = {1: "bold red", 2: "yellow", 3: ""}


def style_of(incident: Incident) -> str:
    """Return how its row is coloured on a terminal; the words say the same."""
    if incident.state in {"resolved", "closed"}:
        return "green"
    return STYLES[incident.priority]


def incident_row(incident: Incident, at_ms: int) -> tuple[str, ...]:
    """Return one incident as a row of `HEADS`."""
    overdue = incident.state == "dispatched" and incident.deadline_ms is not None and incident.deadline_ms < at_ms
    until = "" if incident.deadline_ms is None else moment(incident.deadline_ms)
    return (
        incident.id,
        str(incident.priority),
        " ".join(KINDS[incident.kind]),
        where(incident),
        f"{len(incident.stations)}/{incident.affected}" if incident.affected else "",
        moment(incident.since_ms),
        duration((incident.recovered_ms or at_ms) - incident.since_ms),
        state_words(incident),
        "" if incident.owner is None else incident.owner + _to(incident),
        f"{until} {'督办 supervised' if incident.supervised else '超期 overdue' if overdue else ''}".strip(),
    )


def where(incident: Incident) -> str:
    """Return where it is, as people call it."""
    scope = SCOPES[incident.scope]
    name = incident.name if incident.scope in {"town", "station"} else ""
    town = incident.town if incident.scope == "station" else ""
    return " ".join(part for part in (town, name, scope) if part)


def state_words(incident: Incident) -> str:
    """Return its state, with what else matters of it."""
    words = list(STATES[incident.state])
    if incident.recovered_ms is None and incident.state in {"resolved", "closed"}:
        words.append("仍异常 still bad")
    if incident.recovered_ms is not None and incident.state == "dispatched":
        words.append("已恢复 recovered")
    if incident.times > 1:
        words.append(f"第 {incident.times} 次 ×{incident.times}")
    if incident.level:
        words.append(f"已升级至 escalated to {incident.level}")
    return " ".join(words)


def detail_lines(
    incident: Incident, members: Sequence[Member], steps: Sequence[StepRow], possible: Sequence[str], at_ms: int
) -> list[str]:
    """Return everything of one incident as lines."""
    noticed = "发现 noticed" if incident.times == 1 else "首次发现 first noticed"
    told = [
        f"{incident.id} P{incident.priority} {' '.join(KINDS[incident.kind])} · {where(incident)}"
        f" · {state_words(incident)}",
        f"开始 since {moment(incident.since_ms)}, {noticed} {moment(incident.noticed_ms)}, 历时 lasts"
        f" {duration((incident.recovered_ms or at_ms) - incident.since_ms)}",
        f"研判依据 why {why(incident)}",
    ]
    if incident.recovered_ms is not None:
        told.append(f"恢复 recovered {moment(incident.recovered_ms)}")
    if incident.cause is not None:
        told.append(f"原因 cause {' '.join(CAUSES[incident.cause])}")
    if incident.owner is not None:
        told.append(f"责任人 with {incident.owner}{_to(incident)}")
    if incident.acknowledged_until_ms is not None:
        told.append(f"签收有效至 acknowledged until {moment(incident.acknowledged_until_ms)}")
    if incident.deadline_ms is not None:
        late = " 督办 supervised" if incident.supervised else ""
        told.append(f"修复时限 repair by {moment(incident.deadline_ms)}{late}")
    told.append(f"现在可以 possible now: {', '.join(possible)}")
    told.append("经过 what happened:")
    told += [step_line(step) for step in steps]
    if members:
        told.append(f"受影响村 villages: {len(incident.stations)} 现在 now, {incident.affected} 共 in all")
        told += [
            f"  {one.station} {one.town} {one.name} {moment(one.from_ms)} – {moment(one.until_ms)}" for one in members
        ]
    return told


def step_line(step: StepRow) -> str:
    """Return one step as a line."""
    code, *more = step.note.split(" ", 1)
    words: Mapping[str, tuple[str, str]] = {}
    if step.step == "undone":
        words = {str(name): said for name, said in STEPS.items()}
    elif step.who == MACHINE or step.step == "resolved":
        words = CAUSES | REASONS
    note = " ".join([*words.get(code, (code,)), *more])
    if step.who == MACHINE and step.note != moved(step.note, MOVED_IN[0]):
        note = " ".join(moved(step.note, said) for said in MOVED_IN)
    taken_back = "" if step.withdrawn_ms is None else f" 已撤回 taken back {moment(step.withdrawn_ms)}"
    return (
        f"  {moment(step.at_ms)} {step.who or MACHINE_WORD} {' '.join(STEPS[step.step])} {note}".rstrip() + taken_back
    )


def _to(incident: Incident) -> str:
    return "" if incident.dispatched_to is None else f" → {incident.dispatched_to}"
