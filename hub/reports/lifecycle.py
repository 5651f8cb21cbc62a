"""A report's way: 草稿 → 送审 → 批准 → 分发; who may take each step, and what may be taken back (pure).

Whoever wrote a report, or a part of it, does not approve it. From its approval on text and figures stay as they are,
held by a hash; what was distributed is corrected by another version, never changed.
"""

import hashlib
import json
from collections.abc import Collection, Sequence
from typing import Final, Literal

from msgspec import Struct

from hub.access.roles import Permission
from hub.reports.period import ReportError

State = Literal["draft", "submitted", "approved", "distributed"]
Act = Literal["edit", "submit", "approve", "withdraw", "distribute", "correct"]
STATES: Final[dict[State, tuple[str, str]]] = {
    "draft": ("草稿", "draft"),
    "submitted": ("送审", "submitted"),
    "approved": ("已批准", "approved"),
    "distributed": ("已分发", "distributed"),
}
NEXT: Final[dict[Act, dict[State, State]]] = {
    "edit": {"draft": "draft"},
    "submit": {"draft": "submitted"},
    "approve": {"submitted": "approved"},
    "withdraw": {"submitted": "draft", "approved": "draft"},
    "distribute": {"approved": "distributed", "distributed": "distributed"},
    "correct": {"approved": "approved", "distributed": "distributed"},
}
"""What each act makes of which state; `correct` leaves this version as it is and begins another."""
SUPERVISED: Final[frozenset[tuple[Act, State]]] = frozenset(
    {("approve", "submitted"), ("withdraw", "approved"), ("distribute", "approved"), ("distribute", "distributed")}
)
WRITING: Final[tuple[str, ...]] = ("draft", "edit")
"""Steps of whoever wrote it, or a part of it."""
MOST_TEXT: Final = 8_000
"""Characters of one section."""


class Part(Struct, frozen=True):
    """One section of a report as it is written: its key says which tables and charts stand with it."""

    key: str
    title: str
    text: str
    """Paragraphs, a line each."""


def after(state: State, act: Act, who: str, writers: Collection[str]) -> State:
    """Return the state after an act; `writers` are those who drafted it or changed its text.

    Raises ReportError E-REP-02 (not as things stand) or E-REP-03 (whoever wrote it may not approve it).
    """
    if state not in NEXT[act]:
        standing = " ".join(STATES[state])
        raise ReportError("E-REP-02", f"{act}: the report is {STATES[state][1]} 报告当前为“{standing}”，不能这样做")
    if act == "approve" and who in writers:
        what = "whoever wrote it may not approve it: ask another person 起草和修改过的人不能批准这份报告"
        raise ReportError("E-REP-03", what)
    return NEXT[act][state]


def needs(act: Act, state: State) -> Permission:
    """Return the permission an act takes: whoever drafts may not undo what was approved."""
    return "supervise" if (act, state) in SUPERVISED else "report"


def possible(state: State, who: str, writers: Collection[str]) -> list[Act]:
    """Return what this person could do now, were they permitted to."""
    return [act for act, ways in NEXT.items() if state in ways and not (act == "approve" and who in writers)]


def digest(title: str, parts: Sequence[Part], frozen: bytes) -> bytes:
    """Return the hash that holds title, text and figures of an approved report."""
    said = json.dumps([title, [[one.key, one.title, one.text] for one in parts]], ensure_ascii=False)
    return hashlib.sha256(hashlib.sha256(said.encode()).digest() + hashlib.sha256(frozen).digest()).digest()


def checked(parts: Sequence[Part], was: Sequence[Part]) -> list[Part]:
    """Return an edited text: the sections of before, each of its size.

    Raises ReportError E-REP-04.
    """
    if [one.key for one in parts] != [one.key for one in was]:
        raise ReportError("E-REP-04", "the sections are not those of this report 章节与报告不符")
    for one in parts:
        if len(one.text) > MOST_TEXT or not 0 < len(one.title) <= 40:
            raise ReportError("E-REP-04", f"{one.title[:40]}: at most {MOST_TEXT} characters 每节最多 {MOST_TEXT} 字")
    return list(parts)
