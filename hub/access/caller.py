"""Who asks: an account, a token or a paired screen, with what it may do and where (pure)."""

from typing import Final, Literal, NamedTuple

from hub.access.roles import Permission, Role


class Area(NamedTuple):
    """The towns somebody is responsible for; none is the whole county."""

    towns: frozenset[str] = frozenset()

    def holds(self, town: str) -> bool:
        """Say whether a town is among them; what belongs to no town ("") only whoever has the whole county sees."""
        return not self.towns or town in self.towns

    def covers(self, other: "Area") -> bool:
        """Say whether all of another area is within this one."""
        return not self.towns or (bool(other.towns) and other.towns <= self.towns)

    def written(self, between: str = " ") -> str:
        """Return it as lists and logs have it."""
        return between.join(sorted(self.towns)) or "全县 county"


EVERYWHERE: Final = Area()


class Caller(NamedTuple):
    """Who asks, as every page and every log knows them."""

    kind: Literal["account", "token", "screen", "command", "station"]
    """`command` is somebody at the hub's own machine, who says who they are (`by_command`), `station` a village's."""
    key: int
    """Of its row; 0 where there is none."""
    name: str
    """The name to sign in with, or of the token or screen; one of its kind has it."""
    who: str
    """As logs and steps write them: an account's full name (no two accounts have the same)."""
    unit: str
    """Where they work; empty of a token or screen."""
    role: Role | None
    permissions: frozenset[Permission]
    area: Area = Area()
    session: str = ""
    """Names an account's session in the list of sessions; no secret."""
    form_token: str = ""
    """What every form of this session carries (against CSRF)."""

    def may(self, permission: Permission, town: str | None = None) -> bool:
        """Say whether they may do it: anywhere they are responsible for, or, with `town`, there."""
        return permission in self.permissions and (town is None or self.area.holds(town))


def by_command(who: str) -> Caller:
    """Return who asks by a command at the hub's own machine, as logs write them; such a caller goes through no door."""
    return Caller("command", 0, who, who, "", None, frozenset())


def by_station(station: str) -> Caller:
    """Return a station that proved who it is, as logs write it; such a caller goes through no door of people."""
    return Caller("station", 0, station, station, "", None, frozenset())
