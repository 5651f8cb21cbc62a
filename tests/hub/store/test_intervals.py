"""What was said of a period is read back whole: random histories, as tables hold them, against every second of them."""

import pytest
from sqlalchemy import insert

from hub.desks.availability import answer, read_question
from hub.health.availability import EVER, Fared, fared
from hub.health.station import never_seen
from hub.health.windows import Window
from hub.incidents.trouble import Node
from hub.store import tables as t
from hub.store.engine import Database, writing
from hub.store.history import Remembered, write_states
from hub.store.intervals import LOOK_BACK_MS, MOST_CAMERAS, IntervalsReader
from hub.store.line_tables import camera_change
from hub.store.service import change_service, leave_list
from hub.store.stations import Village, enrol
from hub.store.window_tables import service_change
from hub.store.windows import Planned, WindowsReader, add_window, begin_window, end_window
from tests.hub.health.seconds import OTHER, STATION, TOWN, Drawn, by_seconds, drawn
from wire.life import Beat, Birth, CameraInfo, DeviceState, OutboxDepth

HOUR, DAY = 3_600_000, 86_400_000
FAR = "999999102001"
STATES = {"up": "online", "down": "offline", "unknown": "unknown"}
WORDS = {"up": "ok", "down": "degraded", "unknown": "starting"}
EPOCH = "a" * 16


class Filled:
    """A county's database with what a test puts in."""

    def __init__(self, database: Database) -> None:
        self.database, self.seq = database, 0
        self.reader = IntervalsReader(database.reader)
        with writing(database) as connection:
            self.ids = enrol(connection, [Village(STATION, "第1村", TOWN), Village(FAR, "第2村", OTHER)])
            epochs = [
                {"id": key, "station_id": key, "epoch": EPOCH, "stored_to": 0, "first_ms": 0}
                for key in self.ids.values()
            ]
            connection.execute(insert(t.epoch), epochs)

    def put(self, table: object, *rows: dict[str, object], station: str = STATION) -> None:
        mine = [{"station_id": self.ids[station], **row} for row in rows]
        if mine:
            with writing(self.database) as connection:
                connection.execute(insert(table), mine)  # type: ignore[arg-type]

    def lived(self, *lives: tuple[int, int]) -> None:
        rows = [{"started_ms": started, "alive_ms": alive, "orderly": False} for started, alive in lives]
        with writing(self.database) as connection:
            connection.execute(insert(t.hub_life), rows)

    def states(self, *said: tuple[int, str], station: str = STATION) -> None:
        rows = [{"at_ms": at_ms, "noticed_ms": at_ms, "state": state, "reason": "x"} for at_ms, state in said]
        self.put(t.transition, *rows, station=station)

    def camera(self, name: str, *said: tuple[int, str]) -> None:
        rows = [self.shown(at_ms) | {"camera": name, "was": "x", "now": now} for at_ms, now in said]
        self.put(camera_change, *rows)

    def fault(self, camera: str, kind: str, change: str, began_ms: int, shown_ms: int) -> None:
        row = {"camera": camera, "fault": kind, "change": change, "severity": 0.5, "confidence": 0.5}
        self.put(t.camera_fault, self.shown(shown_ms) | row | {"began_ms": began_ms})

    def shown(self, at_ms: int) -> dict[str, object]:
        self.seq += 1
        key = self.ids[STATION]
        return {"epoch_id": key, "seq": self.seq, "at_ms": at_ms, "received_ms": at_ms, "shown_ms": at_ms}

    def born(self, *cameras: str, beat: Beat | None = None) -> None:
        birth = Birth(1, EPOCH, "test", 30, 30.0, [CameraInfo(name, "rtsp") for name in cameras])
        with writing(self.database) as connection:
            write_states(connection, [(STATION, Remembered(never_seen(1), birth, beat))], self.ids)

    def serve(self, at_ms: int, station: str = STATION, *, starts: bool = True) -> None:
        with writing(self.database) as connection:
            change_service(connection, [(self.ids[station], at_ms)], starts=starts, how="born", now_ms=at_ms)

    def plan(self, window: Window) -> None:
        with writing(self.database) as connection:
            add_window(connection, Planned(window, "换电源", "测试员", window.from_ms))
            if window.began_ms is not None:
                begin_window(connection, window.id, window.began_ms)
            if window.ended_ms is not None:
                end_window(connection, window.id, "测试员", "完成", window.ended_ms, withdrawn=False)

    def fared(self, from_ms: int, until_ms: int, now_ms: int) -> Fared:
        recorded = self.reader.between(from_ms, until_ms, now_ms, TOWN)
        ((_, village),) = recorded.villages
        return fared(village, (from_ms, until_ms), recorded.blind)


@pytest.fixture
def filled(database: Database) -> Filled:
    return Filled(database)


def put_in(filled: Filled, history: Drawn) -> None:
    filled.lived(*history.lives)
    filled.states(*((one.at_ms, STATES[one.level]) for one in history.said))
    rows = [
        {"at_ms": one.at_ms, "starts": one.starts, "how": "person", "who": "", "reason": "", "made_ms": 0}
        for one in history.changes
    ]
    filled.put(service_change, *rows)
    for window in history.windows:
        filled.plan(window)
    for name, camera in history.cameras.items():
        filled.camera(name, *((one.at_ms, WORDS[one.level]) for one in camera.said))
        for fault in camera.faults:
            kind = f"black{fault.id}"
            filled.fault(name, kind, "raised", fault.raised_ms, fault.said_ms)
            if fault.cleared_ms is not None:
                filled.fault(name, kind, "cleared", fault.raised_ms, fault.cleared_ms)


@pytest.mark.parametrize("seed", range(12))
def test_a_random_history_comes_back_as_every_second_of_it(filled: Filled, seed: int):
    history = drawn(seed, 240)
    cameras = {name: camera._replace(gone_ms=EVER) for name, camera in history.cameras.items()}
    history = history._replace(cameras=cameras)
    put_in(filled, history)
    filled.born(*cameras)
    edge_ms = history.edge_ms
    for from_ms, until_ms in ((edge_ms - 240_000, edge_ms), (edge_ms, edge_ms + 240_000)):
        found = filled.fared(from_ms, until_ms, history.lives[-1][1])
        assert {"": found.online, **found.cameras} == by_seconds(history, from_ms, until_ms)


def test_the_last_word_before_the_period_holds_however_old(filled: Filled):
    filled.lived((0, 400 * DAY))
    filled.serve(0)
    filled.born("hall")
    filled.states((5, "offline"), (10, "online"))
    filled.camera("hall", (20, "failed"), (30, "ok"))
    month = (300 * DAY, 330 * DAY)
    found = filled.fared(*month, 400 * DAY)
    assert (found.online.rate, found.online.coverage) == (1.0, 1.0)
    assert (found.cameras["hall"].rate, found.cameras["hall"].coverage) == (1.0, 1.0)


def test_what_a_clock_set_back_dated_before_the_period_is_read_too(filled: Filled):
    filled.lived((0, 100 * DAY))
    filled.serve(0)
    late_ms = 50 * DAY - 1000
    filled.states((0, "online"), (late_ms, "offline"), (late_ms - LOOK_BACK_MS // 2, "online"))
    assert filled.fared(50 * DAY, 51 * DAY, 100 * DAY).online.rate == 1.0


def test_a_camera_of_the_last_birth_that_never_spoke_is_unknown_and_one_taken_away_ends_with_its_last_word(
    filled: Filled,
):
    filled.lived((0, 10 * DAY))
    filled.serve(0)
    filled.born("hall")
    filled.states((0, "online"))
    filled.camera("door", (0, "ok"), (2 * DAY, "ok"), (3 * DAY, "absent"))
    found = filled.fared(0, 10 * DAY, 10 * DAY)
    assert (found.cameras["hall"].service_ms, found.cameras["hall"].known_ms) == (10 * DAY, 0)
    assert (found.cameras["door"].service_ms, found.cameras["door"].up_ms) == (3 * DAY, 3 * DAY)


def test_cameras_that_a_station_makes_up_do_not_drown_its_own(filled: Filled):
    filled.lived((0, 10 * HOUR))
    filled.serve(1)
    filled.states((1, "online"))
    filled.camera("hall", (1, "ok"))
    for number in range(100):
        filled.camera(f"made-up-{number}", (2 + number, "failed"))
        filled.fault(f"made-up-{number}", "black", "raised", HOUR, HOUR + number)
        filled.fault(f"also-{number}", "black", "raised", HOUR, HOUR + number)
    filled.born("hall")
    cameras = filled.fared(HOUR, 2 * HOUR, 9 * HOUR).cameras
    assert len(cameras) == MOST_CAMERAS
    assert cameras["hall"].up_ms == HOUR


def test_a_camera_of_which_no_change_was_kept_is_as_its_last_beat_says(filled: Filled):
    filled.lived((0, 10 * DAY))
    filled.serve(0)
    devices = [DeviceState("camera/hall", "ok", 4 * DAY), DeviceState("camera/door", "ok", 4 * DAY)]
    filled.born("hall", "door", beat=Beat(1, 1, OutboxDepth(0, 0), devices=devices))
    filled.states((0, "online"))
    filled.camera("door", (1 * DAY, "failed"))
    cameras = filled.fared(0, 10 * DAY, 10 * DAY).cameras
    assert (cameras["hall"].up_ms, cameras["hall"].known_ms) == (6 * DAY, 6 * DAY)
    assert cameras["door"].up_ms == 0, "what was recorded counts before what a beat says"


def test_a_fault_still_open_from_before_is_told_by_its_cameras_state(filled: Filled):
    filled.lived((0, 400 * DAY))
    filled.serve(0)
    filled.born("hall")
    filled.states((0, "online"))
    filled.camera("hall", (0, "ok"), (100 * DAY, "degraded"))
    filled.fault("hall", "moved", "raised", 100 * DAY, 100 * DAY)
    assert filled.fared(300 * DAY, 301 * DAY, 400 * DAY).cameras["hall"].rate == 0.0


def test_without_a_hub_since_its_last_sign_nothing_is_known(filled: Filled):
    filled.lived((0, 2 * DAY))
    filled.serve(0)
    filled.states((0, "online"))
    online = filled.fared(0, 4 * DAY, 4 * DAY).online
    assert (online.up_ms, online.down_ms, online.coverage) == (2 * DAY, 0, 0.5)


def test_a_village_that_left_the_list_counts_until_then_and_is_no_row_afterwards(filled: Filled):
    filled.lived((0, 40 * DAY))
    for station in (STATION, FAR):
        filled.serve(0, station)
        filled.states((0, "online"), station=station)
    with writing(filled.database) as connection:
        enrol(connection, [Village(STATION, "第1村", TOWN)])
        leave_list(connection, 12 * DAY)
    now_ms = 40 * DAY
    question = read_question(now_ms, last="30d", by="village")._replace(from_ms=10 * DAY, until_ms=20 * DAY)
    rows = {row.station: row.online.service_ms for row in answer(filled.reader, question, now_ms).rows}
    assert rows == {STATION: 10 * DAY, FAR: 2 * DAY}
    later = question._replace(from_ms=20 * DAY, until_ms=30 * DAY)
    assert [row.station for row in answer(filled.reader, later, now_ms).rows] == [STATION]


def test_a_withdrawn_window_holds_nothing_also_of_what_is_past(filled: Filled):
    window = Window("w", "maintenance", Node("county"), "fixed", 10 * DAY, 12 * DAY)
    filled.plan(window)
    reader = WindowsReader(filled.database.reader)
    with writing(filled.database) as connection:
        assert end_window(connection, "w", "测试员", "误登记", 13 * DAY, withdrawn=True)
        assert not end_window(connection, "w", "测试员", "再撤", 14 * DAY, withdrawn=True)
    (planned,) = reader.overlapping(0, 20 * DAY)
    assert planned.window.holds(0, 20 * DAY) == []
    assert (planned.said_ended_ms, planned.ended_reason) == (13 * DAY, "误登记"), "when it was said is kept"


def test_a_window_nobody_can_read_any_more_is_left_out(filled: Filled, caplog: pytest.LogCaptureFixture):
    good = Window("good", "no_alerts", Node("county"), "fixed", 10 * DAY, 12 * DAY)
    filled.plan(good)
    filled.plan(good._replace(id="bad", kind="recurring", lasts_ms=HOUR, every="yearly 02:00"))
    assert WindowsReader(filled.database.reader).current(11 * DAY) == [good]
    assert "E-WIN-01" in caplog.text


def test_an_interval_is_of_its_own_camera(filled: Filled):
    filled.lived((0, DAY))
    filled.serve(0)
    filled.born("door", "hall")
    filled.states((0, "online"))
    for name in ("door", "hall"):
        filled.camera(name, (0, "ok"))
    filled.fault("hall", "black", "raised", 2 * HOUR, 2 * HOUR)
    filled.fault("hall", "black", "cleared", 2 * HOUR, 3 * HOUR)
    cameras = filled.fared(0, DAY, DAY).cameras
    assert (cameras["door"].down_ms, cameras["hall"].down_ms) == (0, HOUR)
    assert cameras["hall"].outages == 1
