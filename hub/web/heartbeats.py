"""Heartbeat bars as SVG that the server draws: one column a stretch of time, with its words (pure)."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from markupsafe import Markup

from hub.health.availability import percent, total
from hub.health.heartbeat import Bar, Reach
from hub.local_time import written
from hub.web.pages import Words, duration_of

WIDTH, HEIGHT, GAP = 12, 40, 2
"""Of one bar, in units of the drawing."""
SHORT: Final = {"none": 6, "unknown": 22, "maintenance": 30}
"""What tells less stands lower: how a bar looks does not rest on its colour alone."""


LEAST_SEEN: Final = 8
"""However short, an outage is seen."""


class Drawn(NamedTuple):
    """A row of bars, and the same in words."""

    svg: Markup
    rate: str
    """`99.15 %`, or `-` where nothing is known."""
    coverage: str
    outages: int
    longest: str
    """The longest outage; empty where there was none."""
    troubles: Sequence[tuple[str, str]]
    """Every bar that was not up: when, and what."""


def drawn(reach: Reach, told: Sequence[Bar], said: Words) -> Drawn:
    """Return a station's bars, oldest on the left."""
    words = said["heartbeat"]
    fared = total(bar.tally for bar in told)
    rate, coverage = percent((fared.up_ms, fared.known_ms)), percent((fared.known_ms, fared.service_ms))
    columns = Markup("").join(_column(place, bar, said) for place, bar in enumerate(told))
    width = len(told) * (WIDTH + GAP) - GAP
    label = f"{words[reach]}: {words['rate']} {rate}, {words['coverage']} {coverage}"
    svg = Markup(
        '<svg class="heartbeat" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>'
    ).format(width, HEIGHT, label, columns)
    troubles = [(_when(bar), _what(bar, said)) for bar in told if bar.look not in {"up", "none"}]
    longest = duration_of(fared.longest_ms, said) if fared.longest_ms else ""
    return Drawn(svg, rate, coverage, fared.outages, longest, troubles[::-1])


def _column(place: int, bar: Bar, said: Words) -> Markup:
    title = Markup("<title>{}</title>").format(f"{_when(bar)} {_what(bar, said)}")
    if bar.look != "partly":
        height = SHORT.get(bar.look, HEIGHT)
        return Markup("<g>{}{}</g>").format(title, _rect(bar.look, place, HEIGHT - height, height))
    share = bar.tally.down_ms / bar.tally.known_ms
    height = max(LEAST_SEEN, round(share * HEIGHT))
    return Markup("<g>{}{}{}</g>").format(
        title, _rect("up", place, 0, HEIGHT - height), _rect("down", place, HEIGHT - height, height)
    )


def _rect(look: str, place: int, top: int, height: int) -> Markup:
    shape = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>')
    return shape.format(look, place * (WIDTH + GAP), top, WIDTH, height)


def _when(bar: Bar) -> str:
    return f"{written(bar.from_ms)} - {written(bar.until_ms)[11:] if _same_day(bar) else written(bar.until_ms)[5:]}"


def _same_day(bar: Bar) -> bool:
    return written(bar.from_ms)[:10] == written(bar.until_ms)[:10]


def _what(bar: Bar, said: Words) -> str:
    words = said["heartbeat"]
    if not bar.tally.down_ms:
        return words[bar.look]
    return f"{words[bar.look]} {duration_of(bar.tally.down_ms, said)}"
