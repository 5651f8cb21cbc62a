"""The words of incidents: one trouble is one cause, and what is told of it as time goes by (values only)."""

from typing import Final, Literal, NamedTuple

Kind = Literal["down", "line", "video", "flapping", "broker", "hub"]
"""down: cannot be reached; line: reached, but too much is lost or too late; video: its picture is bad; flapping: down
and up again without end; broker: the hub lost the broker; hub: the hub itself was not there."""
Scope = Literal["hub", "county", "town", "station"]


class Node(NamedTuple):
    """Where something is: the hub itself, the county's own line, a town, or one station."""

    scope: Scope
    place: str = ""
    """A town's name or a station's code; empty for hub and county."""


class Trouble(NamedTuple):
    """One cause: what is wrong, and where."""

    kind: Kind
    node: Node

    @property
    def key(self) -> str:
        """Name it: of one key at most one incident is open."""
        return f"{self.kind} {self.node.scope} {self.node.place}"


class Began(NamedTuple):
    """A trouble is certain."""

    trouble: Trouble
    since_ms: int
    """When it came true."""
    stations: tuple[str, ...]
    """All that it affects, sorted; none for broker and hub."""
    reason: str
    """Stable code of why this was decided."""
    note: str = ""
    """The figures behind the decision, in a line."""


class Spread(NamedTuple):
    """It affects other stations than before; its villages that came back left it, those still bad are kept."""

    trouble: Trouble
    at_ms: int
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


class Ended(NamedTuple):
    """It is over: nothing of it is left."""

    trouble: Trouble
    at_ms: int
    reason: str = "recovered"


class Absorbed(NamedTuple):
    """What looked like a cause of its own is part of a greater one: its incident ends in that one."""

    trouble: Trouble
    into: Trouble
    at_ms: int


Told = Began | Spread | Ended | Absorbed

KINDS: Final[dict[Kind, tuple[str, str]]] = {
    "down": ("离线", "offline"),
    "line": ("线路质量差", "poor line"),
    "video": ("画面异常", "picture fault"),
    "flapping": ("时断时续", "flapping"),
    "broker": ("消息服务器中断", "broker away"),
    "hub": ("县级中心中断", "hub away"),
}
"""Chinese and English word of each kind."""
