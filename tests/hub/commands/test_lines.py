"""`hub lines`, `hub pairs` and `hub burst` as somebody at the county uses them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

import hub.clock
import hub.desks.ordering
from hub.health.station import never_seen
from hub.ingest.handle import Arrived, Handled, handle
from hub.store.engine import writing
from hub.store.history import Remembered, begin_life, prolong_life, write_states
from hub.store.intake import store
from hub.store.orders import note_sent, store_answers, take_up
from tests.hub.laid_out import VILLAGES, LaidOut
from wire.codec import encode
from wire.life import Birth, CameraInfo
from wire.orders import Answer, Command
from wire.records import Batch, LinkSummary, Record
from wire.topics import up

A, B, C = (village.code for village in VILLAGES)
EPOCH = "a" * 16
WHO = ("--by", "测试员", "--reason", "画面卡顿")


class Centre(LaidOut):
    """A county whose stations are online and measured as a test says."""

    seq = 0

    def hub_lives(self) -> None:
        """Have it look as if a hub ran for an hour, and still did."""
        now_ms = hub.clock.now_ms()
        with writing(self.database) as connection:
            key, _ = begin_life(connection, now_ms - 3_600_000)
            prolong_life(connection, key, now_ms)

    def online(self, *stations: str) -> None:
        at_ms = hub.clock.now_ms() - 600_000
        known = msgspec.structs.replace(never_seen(at_ms), state="online", reason="born")
        birth = Birth(1, EPOCH, "test", 30, 30.0, [CameraInfo("hall", "rtsp"), CameraInfo("door", "rtsp")])
        with writing(self.database) as connection:
            write_states(connection, [(code, Remembered(known, birth)) for code in stations], self.ids)

    def said(
        self,
        station: str,
        leg: str = "county",
        up_lost: int = 0,
        down_lost: int = 0,
        *,
        sent: int = 300,
        ago_s: int = 5,
    ) -> None:
        at_ms, self.seq = hub.clock.now_ms() - ago_s * 1_000, self.seq + 1
        received = sent - up_lost - down_lost
        measures = {"rtt_p50_ms": 21.0, "rtt_p95_ms": 30.0, "jitter_ms": 1.0} if received else {}
        summary = LinkSummary(leg, 30_000, sent, sent - up_lost, received, measures)
        raw = msgspec.Raw(msgspec.json.encode(Record(self.seq, summary, at_ms=at_ms)))
        arrived = Arrived(up(station, "records"), encode(Batch(EPOCH, self.seq - 1, [raw])), False, 1, 1, 1, at_ms)
        with writing(self.database) as connection:
            store(connection, [handle(arrived, self.ids)], self.ids)

    @contextmanager
    def station_answers(self, measures: dict[str, float], outcome: str = "done") -> Iterator[list[Command]]:
        """Have a hub at work, and a station that answers every order so."""
        orders: list[Command] = []
        over = threading.Event()

        def work() -> None:
            while not over.wait(0.02):
                now_ms = hub.clock.now_ms()
                with writing(self.database) as connection:
                    due = take_up(connection, 1, now_ms)
                    note_sent(connection, {one.command.id: now_ms for one in due})
                    answers = [
                        Handled(now_ms, one.station, answer=Answer(one.command.id, outcome, "", measures))
                        for one in due
                    ]
                    assert store_answers(connection, answers, self.ids) == 0
                    orders.extend(one.command for one in due)

        thread = threading.Thread(target=work)
        thread.start()
        yield orders
        over.set()
        thread.join()


@pytest.fixture
def centre(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Centre]:
    made = Centre(tmp_path, capsys, monkeypatch)
    yield made
    made.database.stop()


def test_lines_lists_the_worst_first_with_its_direction(centre: Centre) -> None:
    centre.hub_lives()
    centre.online(A, B)
    for ago_s in (90, 60, 30):
        centre.said(A, ago_s=ago_s)
        centre.said(B, down_lost=30, ago_s=ago_s)
    shown = centre.hub("lines").splitlines()
    assert centre.code == 0
    assert [line.split()[0] for line in shown[1:]] == [B, A, C]
    assert "劣化 degraded" in shown[1]
    assert "下行丢包 loss down" in shown[1]
    assert "0.0%  " in shown[1]
    assert "10.0%" in shown[1]
    assert "正常 ok" in shown[2]
    assert "未测 unmeasured" in shown[3]
    worst, ok, none = centre.json("lines")
    assert (worst["station"], worst["state"], worst["reason"], worst["loss_down"]) == (B, "degraded", "loss_down", 0.1)
    assert (ok["station_state"], none["station_state"], none["at_ms"]) == ("online", "unknown", None)


def test_one_line_has_its_last_summaries_also_those_of_long_ago(centre: Centre) -> None:
    centre.hub_lives()
    centre.said(A, ago_s=40_000)
    centre.said(A, up_lost=3, ago_s=5)
    told = centre.json("lines", A)
    assert (told["station"], told["sent"]) == (A, 300), "only the last is of now"
    assert [one["reached"] for one in told["history"]] == [297, 300]
    assert "1.0%" in centre.hub("lines", A)
    centre.hub("lines", "999999109999")
    assert (centre.code, "E-ORD-01" in centre.err) == (1, True)


def test_pairs_of_the_county_is_the_rate_and_the_towns(centre: Centre) -> None:
    centre.hub_lives()
    centre.online(A, B, C)
    for code in (A, B):
        centre.said(code)
    shown = centre.hub("pairs")
    assert "村村通率 pairs that can call: 100 % (1/1), 覆盖 coverage 33.33 %" in shown
    told = centre.json("pairs")
    assert (told["rate"]["can"], told["rate"]["unknown"], told["rate"]["share"]) == (1, 2, 1.0)
    towns = {(cell["from"], cell["to"]): cell for cell in told["towns"]}
    assert list(towns) == [("甲镇", "甲镇"), ("甲镇", "乙镇"), ("乙镇", "乙镇")]
    assert towns["甲镇", "甲镇"]["estimated_mos_median"] == pytest.approx(3.53, abs=0.01)


def test_without_a_running_hub_nobody_is_known_to_be_there(centre: Centre) -> None:
    centre.online(A, B)
    centre.said(A)
    centre.said(B)
    assert centre.json("pairs")["rate"]["unknown"] == 3


def test_a_pair_shows_what_its_lines_say_and_what_was_measured(centre: Centre) -> None:
    centre.hub_lives()
    centre.online(A, B, C)
    for code in (A, B, C):
        centre.said(code)
    centre.said(A, f"pair/{B}", sent=60)
    centre.said(A, f"pair/{C}", up_lost=60, sent=60)
    centre.said(B, f"pair/{C}", up_lost=20, sent=60)
    (pair,) = centre.json("pairs", A, B)
    assert (pair["word"], pair["predicted"]["rtt_ms"], pair["measured"][0]["direct"]) == ("can", 42.0, "reached")
    of_a = {pair["to"]: pair for pair in centre.json("pairs", A)}
    assert of_a[C]["measured"][0]["direct"] == "unreachable"
    assert "不可达 unreachable" in centre.hub("pairs", A)
    assert [(pair["from"], pair["to"]) for pair in centre.json("pairs", "--odd")] == [(B, C)]
    assert "去程丢包多于推算 more loss there" in centre.hub("pairs", B, "--odd")
    assert centre.json("pairs", A, "--odd") == []
    centre.hub("pairs", A, A)
    assert centre.code == 2


def test_a_burst_is_ordered_from_a_station_with_two_cameras_and_shown(centre: Centre) -> None:
    centre.hub_lives()
    centre.online(A)
    seen = {
        "sent": 600.0,
        "reached": 594.0,
        "received": 588.0,
        "rtt_p50_ms": 22.5,
        "rtt_p95_ms": 40.0,
        "jitter_ms": 2.0,
    }
    with centre.station_answers(seen) as orders:
        shown = centre.hub("burst", A, *WHO, "--seconds", 60)
    assert centre.code == 0, centre.err
    assert "loss up 1.0% (6/600)" in shown
    assert "loss down 1.0% (6/594)" in shown
    assert "p50 22.5 ms" in shown
    (order,) = orders
    assert (order.name, order.arguments, order.reason) == ("burst", {"seconds": 60, "packets_per_s": 20}, "画面卡顿")
    assert order.expires_ms - hub.clock.now_ms() > 60_000, "it may answer after its minute"


def test_a_burst_that_a_station_cannot_do_says_so(centre: Centre) -> None:
    centre.hub_lives()
    centre.online(A)
    with centre.station_answers({}, "unknown_command"):
        centre.hub("burst", A, *WHO, "--json")
    assert (centre.code, "E-ORD-05" in centre.err, '"unknown_command"' in centre.out) == (4, True, True)


def test_a_burst_without_a_hub_is_not_sent(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub.desks.ordering, "WITHIN_S", 0)
    centre.hub("burst", A, *WHO, "--seconds", 1)
    assert centre.code == 8
    assert "E-ORD-03" in centre.err
