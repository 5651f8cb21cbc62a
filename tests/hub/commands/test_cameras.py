"""`hub camera …` as somebody at the county uses it: on a real hub, broker and database, with a station of the wire."""

import base64
import io
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import paho.mqtt.client as mqtt
import pytest
from nacl.public import PrivateKey, SealedBox
from sqlalchemy import create_engine, select, text

import hub.clock
import hub.desks.ordering
from hub.__main__ import main
from hub.desks.auditing import audit_log
from hub.errors import HubError
from hub.health.station import never_seen
from hub.ingest.handle import Arrived, Handled, handle
from hub.store import tables as t
from hub.store.engine import Database, reading, writing
from hub.store.history import Remembered, write_states
from hub.store.intake import store
from hub.store.orders import Order, ask, store_answers
from hub.store.stations import Village, enrol
from hub.visits.opening import Unsealer
from tests.county import County
from tests.hub.test_run import EPOCH, running_hub
from tests.waiting import wait_for
from wire.codec import decode, encode
from wire.life import Beat, Birth, CameraInfo, DeviceState, OutboxDepth
from wire.orders import Answer, Command, SealedPicture
from wire.records import Batch, CameraFault, Record
from wire.topics import down, up

AT_MS = 1_795_000_000_000
JPEG = b"\xff\xd8\xff\xe0 no real picture of anybody \xff\xd9"
UMASK = os.umask(0o022)
os.umask(UMASK)
WHO = ("--by", "测试员", "--reason", "核实遮挡")


class Station:
    """A station with one camera that answers orders as it is told to."""

    def __init__(self, county: County) -> None:
        self.code = county.villages[0].code
        county.station(0)
        self.orders: list[Command] = []
        self.answers: Callable[[Command], Answer | None] = lambda command: None
        self.client = county.client(self.code)
        self.client.on_connect = lambda client, *_: client.subscribe(down(self.code, "command"), 1)
        self.client.on_message = self._on_message
        self.client.connect("127.0.0.1", county.ports.mqtt, 60)
        self.client.loop_start()

    def be_born(self) -> None:
        birth = Birth(1, EPOCH, "test", 30, 30.0, [CameraInfo("hall", "rtsp")])
        self.client.publish(up(self.code, "life"), encode(birth), 1, retain=True)
        hall = DeviceState("camera/hall", "failed", 1_795_000_000_000, "E-VQD-12")
        self.client.publish(up(self.code, "beat"), encode(Beat(1, 1, OutboxDepth(0, 0), devices=[hall])), 1)

    def _on_message(self, client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        command = decode(bytes(message.payload), Command)
        self.orders.append(command)
        if (answer := self.answers(command)) is not None:
            client.publish(up(self.code, "answer"), encode(answer), 1)

    def leave(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


class Clerk:
    """Somebody at the county."""

    def __init__(self, county: County, capfd: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self._county, self._capfd, self._patch = county, capfd, patch
        self.out = self.err = ""

    def runs(self, *words: str) -> int:
        """Run `hub camera …` in this process; return its exit code."""
        command, *rest = words
        self._patch.setattr("sys.argv", ["hub", "camera", command, "--config", str(self._county.hub_config), *rest])
        self._capfd.readouterr()
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        self.out, self.err = self._capfd.readouterr()
        assert "Traceback" not in self.err
        return code

    def viewings(self) -> list[tuple[str, str]]:
        engine = create_engine(f"sqlite:///{self._county.folder / 'hub' / 'hub.sqlite3'}")
        with engine.connect() as connection:
            rows = [tuple(row) for row in connection.execute(text("SELECT who, reason FROM viewing ORDER BY id"))]
            chained = "SELECT who, reason FROM audit WHERE act = 'still.open' ORDER BY number"
            assert [tuple(row) for row in connection.execute(text(chained))] == rows
        engine.dispose()
        return rows  # type: ignore[return-value]


@pytest.fixture
def clerk(county: County, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Clerk]:
    yield Clerk(county, capfd, monkeypatch)
    os.umask(UMASK)


@pytest.fixture
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Orders are good for a second only."""
    monkeypatch.setattr(hub.desks.ordering, "WITHIN_S", 1)


@pytest.fixture
def station(county: County) -> Iterator[Station]:
    station = Station(county)
    yield station
    station.leave()


@pytest.fixture
def enrolled(county: County, station: Station) -> Iterator[None]:
    """A hub that runs, and knows the station and its camera."""
    engine = create_engine(f"sqlite:///{county.folder / 'hub' / 'hub.sqlite3'}")

    def states() -> list[str]:
        with engine.connect() as connection:
            return list(connection.execute(text("SELECT state FROM station_state")).scalars())

    with running_hub(county):
        wait_for(lambda: b"subscribed" in (county.folder / "log" / "hub.log").read_bytes(), "the hub is there")
        station.be_born()
        wait_for(lambda: "online" in states(), "the station is known")
        yield
    engine.dispose()


def pictures_of(county: County, jpeg: bytes = JPEG) -> Callable[[Command], Answer]:
    """Return what answers each order with a picture sealed to the hub."""
    key_file = Path(county.hub_settings().unseal_key_file)
    box = SealedBox(PrivateKey(base64.b64decode(key_file.read_text())).public_key)
    key = Unsealer.from_file(key_file).key

    def answers(command: Command) -> Answer:
        return Answer(
            command.id, "done", picture=SealedPicture(key, box.encrypt(jpeg), "hall", 640, 360, AT_MS, "covered")
        )

    return answers


@pytest.mark.slow
@pytest.mark.usefixtures("enrolled")
def test_a_still_is_ordered_opened_and_logged_and_one_kept_is_opened_later(
    county: County, station: Station, clerk: Clerk, tmp_path: Path
):
    station.answers = pictures_of(county)
    assert clerk.runs("still", station.code, "hall", *WHO, "--out", str(tmp_path / "hall.jpg")) == 0
    assert (tmp_path / "hall.jpg").read_bytes() == JPEG
    assert (tmp_path / "hall.jpg").stat().st_mode & 0o077 == 0
    assert "遮挡" in clerk.out
    assert "不在线" not in clerk.err
    (order,) = station.orders
    assert (order.name, order.arguments, order.reason) == ("still", {"camera": "hall"}, "核实遮挡")
    assert clerk.viewings() == [("测试员", "核实遮挡")]

    assert clerk.runs("thumbnail", station.code, *WHO, "--json") == 0
    told = json.loads(clerk.out)
    assert (told["outcome"], told["file"], told["fault"]) == ("done", None, "covered")
    assert len(clerk.viewings()) == 1, "what stays sealed nobody has seen"
    later = tmp_path / "later.jpg"
    assert clerk.runs("open", told["id"], "--by", "另一员", "--reason", "复核", "--out", str(later)) == 0
    assert later.read_bytes() == JPEG
    assert clerk.runs("open", told["id"], "--by", "另一员", "--reason", "复核", "--out", str(later)) == 1
    assert "E-ORD-08" in clerk.err
    assert clerk.runs("pictures", "--json") == 0
    newest, first = json.loads(clerk.out)
    assert [viewing["who"] for viewing in newest["viewings"] + first["viewings"]] == ["另一员", "测试员"]
    assert newest["kept_until_ms"] == newest["answered_ms"] + 7 * 86_400_000
    assert clerk.runs("pictures") == 0
    assert "另一员" in clerk.out
    assert (county.folder / "log" / "hub.log").read_text().count("测试员") == 0


@pytest.mark.slow
@pytest.mark.usefixtures("enrolled")
def test_what_a_station_cannot_or_will_not_show_is_said(county: County, station: Station, clerk: Clerk, tmp_path: Path):
    out = tmp_path / "out.jpg"
    still = ("still", station.code, *WHO, "--out", str(out))
    assert clerk.runs("still", station.code, "attic", *WHO) == 1
    assert "hall" in clerk.err
    station.answers = lambda command: Answer(command.id, "failed", note="E-VQD-01 视频丢失 no video")
    assert clerk.runs(*still) == 4
    assert "E-ORD-05" in clerk.err
    assert "视频丢失" in clerk.err
    assert clerk.viewings() == []
    station.answers = lambda command: Answer(command.id, "done")
    assert clerk.runs(*still) == 4
    station.answers = pictures_of(county, b"<html>" * 1_000)
    assert clerk.runs(*still) == 1
    assert "E-ORD-07" in clerk.err
    assert clerk.viewings() == [("测试员", "核实遮挡")], "that somebody tried to look is logged"
    assert not out.exists()
    station.answers = lambda command: Answer(command.id, "done")
    assert clerk.runs("relearn", station.code, "hall", *WHO, "--yes") == 0
    assert station.orders[-1].name == "relearn"


@pytest.mark.slow
@pytest.mark.usefixtures("enrolled", "in_a_hurry")
def test_a_station_that_does_not_answer_is_not_waited_for_for_ever(station: Station, clerk: Clerk):
    assert clerk.runs("still", station.code, *WHO, "--json") == 7
    assert "E-ORD-04" in clerk.err
    told = json.loads(clerk.out)
    assert told["outcome"] == "expired"
    assert told["sent_ms"] - told["asked_ms"] < 1_000


@pytest.mark.usefixtures("in_a_hurry")
def test_without_a_hub_it_says_so_and_ends_as_not_sent(county: County, clerk: Clerk, tmp_path: Path):
    code = known(county)
    assert clerk.runs("still", code, *WHO, "--json", "--out", str(tmp_path / "x.jpg")) == 8
    assert "没有运行" in clerk.err
    assert "E-ORD-03" in clerk.err
    assert json.loads(clerk.out)["outcome"] == "unsent"
    assert not (tmp_path / "x.jpg").exists()


@pytest.mark.parametrize(
    ("words", "exit_code", "said"),
    [
        pytest.param(["still", "{code}", "--reason", "x"], 2, "--by", id="nobody's name"),
        pytest.param(["thumbnail", "{code}", "--by", "测试员"], 2, "--reason", id="no reason"),
        pytest.param(["still", "{code}", "--by", " ", "--reason", "x"], 2, "--by", id="an empty name"),
        pytest.param(["still", "{code}", "hall;rm", *WHO], 2, "字母", id="no name of a camera"),
        pytest.param(["still", "999999109999", *WHO], 1, "E-ORD-01", id="no such station"),
        pytest.param(["faults", "999999109999"], 1, "E-ORD-01", id="no such station's faults"),
        pytest.param(["faults", "--since", "soon"], 2, "--since", id="no span of time"),
        pytest.param(["open", "nobodys", *WHO, "--out", "{out}/y.jpg"], 1, "E-ORD-06", id="no such order"),
        pytest.param(["still", "{code}", *WHO, "--out", "{out}/no/y.jpg"], 1, "E-ORD-08", id="no such folder"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_ordered(
    county: County, clerk: Clerk, tmp_path: Path, words: list[str], exit_code: int, said: str
):
    code = known(county)
    assert clerk.runs(*(word.format(code=code, out=tmp_path) for word in words)) == exit_code
    assert said in clerk.err
    assert not list(tmp_path.glob("*.jpg"))
    database = Database(county.hub_settings().database)
    with reading(database.reader) as connection:
        assert connection.execute(select(t.command.c.id)).all() == []
    database.stop()


def test_relearning_is_explained_and_asked_for(county: County, clerk: Clerk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert clerk.runs("relearn", known(county), *WHO) == 1
    assert "重新学习" in clerk.err
    assert "first" in clerk.err


def test_a_viewing_is_stored_before_the_box_is_opened(
    county: County, clerk: Clerk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    code = known(county)
    answer = pictures_of(county)(Command("kept", "still", AT_MS))
    database = Database(county.hub_settings().database)
    with writing(database) as connection:
        ids = {code: connection.execute(select(t.station.c.id).where(t.station.c.code == code)).scalar_one()}
        ask(connection, Command("kept", "still", AT_MS), ids[code], "测试员", AT_MS)
        store_answers(connection, [Handled(AT_MS, code, answer=answer)], ids)
    database.stop()
    logged: list[list[tuple[str, str]]] = []
    opens = Unsealer.picture

    def watched(unsealer: Unsealer, sealed: SealedPicture) -> bytes | None:
        logged.append(clerk.viewings())
        return opens(unsealer, sealed)

    monkeypatch.setattr(Unsealer, "picture", watched)
    assert clerk.runs("open", "kept", *WHO, "--out", str(tmp_path / "x.jpg")) == 0
    assert logged == [[("测试员", "核实遮挡")]]


def test_faults_are_listed_as_a_table_and_as_json(county: County, clerk: Clerk):
    code = known(county)
    at_ms = hub.clock.now_ms()
    database = Database(county.hub_settings().database)
    told = [("covered", "raised", 90_000), ("black", "raised", 60_000), ("black", "cleared", 5_000)]
    records = [
        msgspec.Raw(
            msgspec.json.encode(Record(seq, CameraFault("hall", fault, change, 0.42, 0.9, 0), at_ms=at_ms - ago))
        )
        for seq, (fault, change, ago) in enumerate(told, 1)
    ]
    arrived = Arrived(up(code, "records"), encode(Batch(EPOCH, 0, records)), False, 1, 1, 1, at_ms)
    with writing(database) as connection:
        ids = enrol(connection, [Village(code, "测试1镇第1村", "测试1镇")])
        store(connection, [handle(arrived, {code})], ids)
    database.stop()
    assert clerk.runs("faults", code) == 0
    rows = clerk.out.splitlines()
    assert len(rows) == 3
    assert "黑屏 black" in rows[1]
    assert "55 s" in rows[1]
    assert "遮挡 covered" in rows[2]
    assert "仍在" in rows[2]
    assert "42%" in rows[2]
    assert clerk.runs("faults", "--since", "1s", "--json") == 0
    (open_one,) = json.loads(clerk.out)
    assert (open_one["kind"], open_one["chinese"], open_one["state"]) == ("covered", "遮挡", "open")


def known(county: County) -> str:
    """Have the first village enrolled, as a hub does when it starts; return its code."""
    first = county.villages[0]
    database = Database(county.hub_settings().database)
    with writing(database) as connection:
        enrol(connection, [Village(*first)])
    database.stop()
    return first.code


@pytest.mark.parametrize(
    ("outcome", "note", "answered", "code", "exit_code", "words"),
    [
        pytest.param("unsent", "", False, "E-ORD-03", 8, "消息服务器", id="it never left"),
        pytest.param("expired", "", False, "E-ORD-04", 7, "没有应答", id="nobody answered"),
        pytest.param("repeated", "", True, "E-ORD-04", 7, "没有应答", id="the answer proper was lost"),
        pytest.param("failed", "E-VQD-01", True, "E-ORD-05", 4, "E-VQD-01", id="it failed there"),
        pytest.param("expired", "", True, "E-ORD-05", 4, "时钟", id="the station's clock is ahead"),
        pytest.param("unknown_command", "", True, "E-ORD-05", 4, "版本", id="software of before"),
        pytest.param(
            "unsent", "", True, "E-ORD-05", 4, "unsent", id="a station that claims what only the hub can know"
        ),
    ],
)
def test_what_became_of_an_order_is_told(
    outcome: str, note: str, answered: bool, code: str, exit_code: int, words: str
):
    order = Order(
        "x", "999999101001", "still", {}, "", "", 0, 0, 0, outcome, note, 5 if answered else None, {}, *[None] * 6
    )
    with pytest.raises(hub.desks.ordering.OrderError, match=words) as caught:
        hub.desks.ordering.check(order, hub_runs=True)
    assert (caught.value.code, caught.value.exit_code) == (code, exit_code)


@pytest.mark.parametrize(
    ("cameras", "named", "taken"),
    [
        pytest.param(["hall"], None, True, id="the only one need not be named"),
        pytest.param(["hall", "door"], "door", True, id="one of two, named"),
        pytest.param(["hall", "door"], None, False, id="one of two, not named"),
        pytest.param(["hall"], "attic", False, id="one it does not have"),
        pytest.param(None, "attic", True, id="nothing is known of the station yet"),
    ],
)
def test_which_camera_is_meant_is_asked_before_anything_is_sent(
    county: County, cameras: list[str] | None, named: str | None, taken: bool
):
    code = known(county)
    database = Database(county.hub_settings().database)
    desk = hub.desks.ordering.Desk(database)
    if cameras is not None:
        birth = Birth(1, EPOCH, "test", 30, 30.0, [CameraInfo(name, "rtsp") for name in cameras])
        with writing(database) as connection:
            write_states(connection, [(code, Remembered(never_seen(1), birth))], desk.reader.station_ids())
    wanted = hub.desks.ordering.Wanted("still", code, named, "测试员", "测试")
    audit = audit_log(county.hub_settings(), database)
    if taken:
        assert desk.place(wanted, audit).arguments == ({} if named is None else {"camera": named})
    else:
        with pytest.raises(HubError, match="E-ORD-02"):
            desk.place(wanted, audit)
    database.stop()
