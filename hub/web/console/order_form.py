"""Which orders a page may give a station, and what became of one, in words (pure)."""

from collections.abc import Callable, Mapping
from typing import Final, Literal, NamedTuple

from hub.access.roles import Permission
from hub.store.orders import UNSENT, Order
from hub.web.forms import bad_field
from hub.web.pages import Words
from wire.probe import BURST

Standing = Literal["waits", "sent", "done", "failed"]
BURST_PER_S: Final = 20


class Kind(NamedTuple):
    """One order."""

    needs: Permission
    camera: bool = False
    """Whether it is to one camera."""
    arguments: Callable[[int | None], Mapping[str, int]] | None = None
    """Of an order that is none to a camera: what goes with it, by the seconds asked for."""
    seconds: tuple[int, int, int] | None = None
    """Usual, least and most, where it takes a while."""


ORDERS: Final[dict[str, Kind]] = {
    "still": Kind("still", camera=True),
    "thumbnail": Kind("still", camera=True),
    BURST: Kind("command", arguments=lambda s: {"packets_per_s": BURST_PER_S, "seconds": s or 0}, seconds=(30, 5, 120)),
    "ping": Kind("command", arguments=lambda _: {}),
    "relearn": Kind("command", camera=True),
    "restart": Kind("command", arguments=lambda _: {}),
}
"""By the name that the station knows; the harmless first."""


class Outcome(NamedTuple):
    """How an order stands."""

    standing: Standing
    text: str
    measures: str
    """What the station measured, as figures in a line."""


def number_in(text: str, limits: tuple[int, int, int]) -> int:
    """Return a number of seconds within its limits; the usual where nothing was typed.

    Raises ProblemError E-WEB-06.
    """
    usual, least, most = limits
    if not text:
        return usual
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise bad_field("seconds", f"{least} to {most} 应为 {least} 到 {most}")
    return int(text)


def outcome_of(order: Order, said: Words, now_ms: int) -> Outcome:
    """Return how an order stands."""
    words = said["outcome"]
    figures = " · ".join(
        f"{said['measure'].get(name, name)} {value:g}" for name, value in sorted(order.measures.items())
    )
    if order.outcome is None:
        sent = order.sent_ms is not None
        left_s = max(0, (order.expires_ms - now_ms) // 1000)
        return Outcome("sent" if sent else "waits", words["sent" if sent else "waits"].format(left_s), figures)
    if order.outcome == "done":
        return Outcome("done", words["done"], figures)
    why = words.get(UNSENT if order.outcome == UNSENT else order.outcome, order.outcome)
    return Outcome("failed", f"{why} {order.note}".rstrip(), figures)
