"""What is open as a database would keep it, and what can never be told: it refuses that."""

from hub.incidents.trouble import Absorbed, Began, Ended, Spread, Told, Trouble


class Book:
    """Keeps open troubles by what is told of them."""

    def __init__(self) -> None:
        self.open: dict[str, tuple[Trouble, int, set[str]]] = {}

    def keep(self, told: Told) -> None:
        key = told.trouble.key
        match told:
            case Began(trouble, since_ms, stations):
                assert key not in self.open, f"{key} began twice"
                assert stations or trouble.node.scope == "hub", f"{key} affects nobody"
                assert list(stations) == sorted(set(stations))
                self.open[key] = (trouble, since_ms, set(stations))
            case Spread(_, _, joined, left):
                assert joined or left, f"{key} spread to nobody"
                assert not set(joined) & self.open[key][2], f"{joined} joined {key} twice"
                assert set(left) <= self.open[key][2], f"{left} left {key} that they were not in"
                self.open[key][2].update(joined)
                self.open[key][2].difference_update(left)
                assert self.open[key][2], f"{key} affects nobody any more, but is open"
            case Ended() | Absorbed():
                assert key in self.open, f"{key} ended, but never began"
                if isinstance(told, Absorbed):
                    assert told.into.key in self.open, f"{key} is part of nothing"
                del self.open[key]

    def kept(self) -> list[tuple[Trouble, int, tuple[str, ...]]]:
        return [(trouble, since_ms, tuple(sorted(who))) for _, (trouble, since_ms, who) in sorted(self.open.items())]
