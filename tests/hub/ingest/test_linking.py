"""What stations saw of their lines is known once it is stored, on the hub's clock and of the county's stations only."""

import msgspec
import pytest

from hub.health.lines import NEWS_MS
from hub.ingest.items import Sees
from hub.ingest.probing import Probing, open_reflector
from hub.settings import ProbeSettings
from tests.hub.ingest.conftest import STATION, VILLAGES, Bench
from wire.life import Beat, Birth, OutboxDepth
from wire.records import Batch, LinkSummary, Record

EPOCH = "a" * 16
OTHER = VILLAGES[1].code


def say(bench: Bench, seq: int, at_ms: int | None, leg: str = "county", received: int = 30) -> None:
    said = LinkSummary(leg, 30_000, 30, received, received, {"rtt_p50_ms": 12.0} if received else {})
    raw = msgspec.Raw(msgspec.json.encode(Record(seq, said, at_ms=at_ms)))
    bench.edge.put("records", Batch(EPOCH, seq - 1, [raw]), at_ms=bench.clock.now_ms())
    bench.round()


def beat(bench: Bench, skew_ms: int) -> None:
    now_ms = bench.clock.now_ms()
    bench.edge.items.append(Sees(now_ms))
    bench.edge.put("life", Birth(1, EPOCH, "test", 30, 30.0), at_ms=now_ms)
    bench.edge.put("beat", Beat(1, 1, OutboxDepth(0, 0), skew_ms=skew_ms), at_ms=now_ms, qos=0)
    bench.round()


def test_a_line_is_known_once_its_summary_is_stored(bench: Bench) -> None:
    say(bench, 1, bench.clock.now_ms())
    leg = bench.lines.leg(STATION)
    assert leg is not None
    assert (leg.state, leg.received, leg.rtt_p50_ms) == ("ok", 30, 12.0)


@pytest.mark.parametrize("skew_ms", [-600_000, -90_000, 90_000, 900_000])
def test_a_station_whose_clock_is_off_is_known_on_the_hubs(bench: Bench, skew_ms: int) -> None:
    beat(bench, skew_ms)
    now_ms = bench.clock.now_ms()
    say(bench, 1, now_ms + skew_ms - NEWS_MS - 1_000, received=0)
    assert bench.lines.leg(STATION) is None, "it waited in the outbox"
    say(bench, 2, now_ms + skew_ms)
    leg = bench.lines.leg(STATION)
    assert leg is not None
    assert abs(leg.at_ms - now_ms) < 1_000


def test_what_was_measured_without_this_hubs_reflector_is_no_lines_fault(bench: Bench) -> None:
    now_ms = bench.clock.now_ms()
    bench.sessions.since_ms[STATION] = None
    say(bench, 1, now_ms - 3_000, received=0)
    bench.sessions.since_ms[STATION] = now_ms - 31_000
    say(bench, 2, now_ms - 2_000, received=0)
    assert bench.lines.leg(STATION) is None, "it began before the station had its session"
    say(bench, 3, now_ms - 1_000)
    assert bench.lines.legs()[STATION].received == 30
    bench.sessions.since_ms[STATION] = None
    say(bench, 4, now_ms, leg=f"pair/{OTHER}", received=0)
    assert len(bench.lines.measured()) == 1, "another village's reflector is none of the hub's"


def test_a_session_given_before_the_clock_was_set_back_is_none_to_come(bench: Bench) -> None:
    bench.sessions.since_ms[STATION] = bench.clock.now_ms() + 86_400_000
    say(bench, 1, bench.clock.now_ms())
    assert bench.lines.legs()[STATION].received == 30


def test_what_has_no_date_or_is_of_nobody_is_not_known_now(bench: Bench) -> None:
    say(bench, 1, None)
    say(bench, 2, bench.clock.now_ms(), leg="pair/999999109999")
    say(bench, 3, bench.clock.now_ms(), leg="pair/nobody")
    assert (bench.lines.legs(), bench.lines.measured()) == ({}, {})
    say(bench, 4, bench.clock.now_ms(), leg=f"pair/{OTHER}")
    assert list(bench.lines.measured()) == [(STATION, OTHER)]


def test_more_stations_than_sessions_leave_the_rest_unprobed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("hub.ingest.probing.MOST_SESSIONS", 3)
    settings = ProbeSettings(listen="127.0.0.1", port=0)
    thread = open_reflector(settings)
    probing = Probing(settings, bench.edge, bench.recalled.county.members, thread)
    bench.edge.items.append(Sees(bench.clock.now_ms()))
    for village in VILLAGES:
        bench.edge.put("life", Birth(1, EPOCH, "t", 30, 30.0), station=village.code, at_ms=bench.clock.now_ms())
    bench.round()
    probing.round(bench.clock.now_ms(), connected=True)
    assert sum(one.topic.endswith("/down/probe") for one in bench.edge.published) == 3
    assert "E-LINE-02" in caplog.text
    thread.stop()
