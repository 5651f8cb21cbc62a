"""Towns to tick in a form: which somebody, or a program, is to be responsible for."""

from collections.abc import Mapping, Sequence

from hub.access.caller import Area, Caller
from hub.errors import HubError
from hub.view import View
from hub.web.forms import Field

TOWN = "town_"


def towns_of(view: View) -> list[str]:
    """Return the county's towns, in the order of their codes."""
    return list(dict.fromkeys(health.town for health in sorted(view.stations(), key=lambda one: one.station)))


def town_fields(towns: Sequence[str]) -> dict[str, Field]:
    """Return a form's fields that tick them, by their place in the list."""
    return {f"{TOWN}{place}": Field(64) for place, _ in enumerate(towns)}


def boxes_for(caller: Caller, towns: Sequence[str]) -> list[tuple[str, str]]:
    """Return the boxes somebody may tick: each one's field, and its town."""
    return [(f"{TOWN}{place}", town) for place, town in enumerate(towns) if caller.area.holds(town)]


def area_in(caller: Caller, towns: Sequence[str], asked: Mapping[str, str]) -> Area:
    """Return the ticked towns; each box holds its town's name, so that a list that changed meanwhile is noticed.

    None ticked is the whole county, which only somebody who has it gives. Raises HubError E-AREA-01 where it is more
    than the caller's own area, or no town of the county.
    """
    ticked = frozenset(filter(None, (asked[f"{TOWN}{place}"] for place, _ in enumerate(towns))))
    if ticked - set(towns) or not (all(map(caller.area.holds, ticked)) if ticked else caller.area.holds("")):
        raise HubError("E-AREA-01", "only towns you are responsible for yourself 只能选择本人负责的乡镇")
    return Area(ticked)
