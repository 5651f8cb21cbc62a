"""Summaries of lines that were stored, handed to what is known of lines now: on the hub's clock, of its stations.

Only what was measured with this run's reflector is: while no hub was there, and until a station had its session of
this one, every packet was lost, and no line was the cause.
"""

from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from hub.health.county import Member
from hub.health.lines import Lines
from hub.ingest.pairing import Pairing
from hub.store.intake import LinkSaid
from wire.probe import COUNTY_LEG, PAIR

SKEWED_MS: Final = 5_000
"""A station whose clock is further off tells it in its beats; less is no matter here."""


class TellsSessions(Protocol):
    """What gives stations their sessions."""

    def session_since_ms(self, station: str) -> int | None:
        """Return since when a station has its present session; None while this run of the hub gave it none."""
        ...


class Linking:
    """Owns nothing; called by the writer after each commit."""

    def __init__(self, members: Mapping[str, Member], lines: Lines, pairing: Pairing, sessions: TellsSessions) -> None:
        """Take the stations, what is known of their lines, what tests pairs, and who has a session since when."""
        self._members, self._lines, self._pairing, self._sessions = members, lines, pairing, sessions

    def committed(self, links: Iterable[LinkSaid], now_ms: int) -> None:
        """Hand them on; one without a date is of before the station heard the hub, and a pair needs two stations."""
        for link in links:
            leg = link.summary.leg
            if leg.startswith(PAIR) and leg.removeprefix(PAIR) not in self._members:
                continue
            if link.ended_ms is None:
                continue
            ended_ms = link.ended_ms - self._ahead_ms(link.station)
            if leg == COUNTY_LEG:
                since_ms = self._sessions.session_since_ms(link.station)
                # One of a time to come is of before the hub's clock was set back.
                if since_ms is None or ended_ms - link.summary.lasted_ms < since_ms <= now_ms:
                    continue
            self._lines.take(link.station, link.summary, ended_ms, now_ms)
            self._pairing.heard(link)

    def _ahead_ms(self, station: str) -> int:
        """Return by how much the station's clock is ahead of the hub's, as it said last."""
        beat = self._members[station].beat
        skew_ms = None if beat is None else beat.skew_ms
        return skew_ms if skew_ms is not None and abs(skew_ms) >= SKEWED_MS else 0
