"""What is inside the boxes of a question and its answer: how the matters of one person stand (办事进度).

The question is sealed to the hub, the answer to a key the kiosk draws for it: neither is ever stored in clear.
"""

from typing import Annotated, Final

from msgspec import Meta, Struct, field

from wire.scalars import Code, UtcMs

PROGRESS: Final = "progress"
"""`Ask.about`: the hub answers."""
SERVICE_CARD: Final = "service_card"
"""The kiosk asks its own agent for this: to look for a 便民服务卡 before a camera. It never crosses the wire."""

MOST_CASES: Final = 20
MOST_STEPS: Final = 12


class Asker(Struct, frozen=True):
    """Whose matters: exactly what the card says, and nothing that was typed."""

    name: str
    id_number: str
    reply_to: Annotated[bytes, Meta(min_length=32, max_length=32)]
    """As in the Ask around it: nobody on the way can have the answer sealed to themselves."""

    def __repr__(self) -> str:
        return "Asker(…)"


class CaseStep(Struct, frozen=True, omit_defaults=True):
    """One step of a matter, as the person it concerns may know it."""

    at_ms: UtcMs
    state: Code
    """`received`, `assigned`, `accepted`, `need_papers`, `papers_in`, `answered`, `refused`, `closed`, or a word newer
    than this kiosk."""
    note: Annotated[str, Meta(max_length=600)] = ""

    def __repr__(self) -> str:
        return f"CaseStep({self.state})"


class Case(Struct, frozen=True, omit_defaults=True):
    """One matter: a visit with its number, and its steps from the oldest to the newest."""

    number: str
    service: Code
    at_ms: UtcMs
    steps: Annotated[list[CaseStep], Meta(max_length=MOST_STEPS)] = field(default_factory=list)

    def __repr__(self) -> str:
        return "Case(…)"


class Cases(Struct, frozen=True, omit_defaults=True):
    """All matters of one person at this station, newest first; `more` are left out."""

    cases: Annotated[list[Case], Meta(max_length=MOST_CASES)] = field(default_factory=list)
    more: int = 0

    def __repr__(self) -> str:
        return "Cases(…)"
