"""`hub visits …` as a legal worker at the centre uses it."""

import base64
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from nacl.public import PrivateKey
from sqlalchemy import select, text

from hub.__main__ import main
from hub.clock import now_ms
from hub.ingest.handle import Arrived, handle
from hub.store import tables as t
from hub.store.cases import CasesReader
from hub.store.engine import Database, reading, writing
from hub.store.intake import store
from hub.store.stations import Village, enrol
from hub.visits.index import PersonIndex
from hub.visits.opening import Unsealer
from tests.county import County
from tests.hub.people import ANNA, EPOCH, Kiosk, batch
from wire.codec import encode
from wire.person import Person
from wire.records import Visit

UMASK = os.umask(0o022)
os.umask(UMASK)
NUMBER, ANONYMOUS = "12-00001-1", "12-00002-1"
WORDS = "邻居家的水排到我家院子"


class Clerk:
    """Somebody at the county, and the database they work on; no hub runs."""

    def __init__(self, county: County, capfd: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self.county, self._capfd, self._patch = county, capfd, patch
        self.code = county.villages[0].code
        self.out = self.err = ""
        self.key_file = Path(county.hub_settings().unseal_key_file)
        private = PrivateKey(base64.b64decode(self.key_file.read_text()))
        self.kiosk = Kiosk(private.public_key)
        self.unsealer = Unsealer.from_file(self.key_file)

    def runs(self, *words: str, stdin: str = "", group: str = "visits") -> int:
        """Run `hub visits …` (or another group's command) in this process; return its exit code."""
        command, *rest = words
        self._patch.setattr("sys.argv", ["hub", group, command, "--config", str(self.county.hub_config), *rest])
        self._patch.setattr("sys.stdin", io.StringIO(stdin))
        self._capfd.readouterr()
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        self.out, self.err = self._capfd.readouterr()
        assert "Traceback" not in self.err
        return code

    def on(self, command: str, *words: str, number: str = NUMBER, by: str = "测试员", stdin: str = "") -> int:
        return self.runs(command, number, "--station", self.code, "--by", by, *words, stdin=stdin)

    def stored(self, *visits: Visit, epoch: str = EPOCH, station: str | None = None, ago_ms: int = 0) -> None:
        with self.database() as database, writing(database) as connection:
            ids = enrol(connection, [Village(*village) for village in self.county.villages])
            topic = f"v1/{station or self.code}/up/records"
            at_ms = now_ms()
            arrived = Arrived(topic, encode(batch(*visits, at_ms=at_ms - ago_ms, epoch=epoch)), False, 1, 1, 1, at_ms)
            store(connection, [handle(arrived, ids)], ids, PersonIndex(self.unsealer).column)

    def database(self) -> "Opened":
        return Opened(self.county.hub_settings().database)

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with self.database() as database, reading(database.reader) as connection:
            return [tuple(row) for row in connection.execute(text(sql))]


class Opened:
    """A database for one look."""

    def __init__(self, url: str) -> None:
        self._database = Database(url)

    def __enter__(self) -> Database:
        return self._database

    def __exit__(self, *_: object) -> None:
        self._database.stop()


@pytest.fixture
def clerk(county: County, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Clerk]:
    clerk = Clerk(county, capfd, monkeypatch)
    named = clerk.kiosk.visit(NUMBER, ANNA, words=clerk.kiosk.words(WORDS, matter="邻里"), matter="neighbours")
    clerk.stored(named, clerk.kiosk.visit(ANONYMOUS, None, service="legal_advice"))
    yield clerk
    os.umask(UMASK)


def test_the_list_shows_who_came_only_masked(clerk: Clerk):
    assert clerk.runs("list", "--json") == 0
    anonymous, named = json.loads(clerk.out)
    assert (named["number"], named["matter"], named["state"], named["who"]) == (
        NUMBER,
        "neighbours",
        "received",
        "card",
    )
    assert named["identity"] == {"name": "测**", "id_number": "999999********0021"}
    assert (anonymous["number"], anonymous["identity"]) == (ANONYMOUS, None)
    assert clerk.runs("list", "--since", "7d", "--station", clerk.code) == 0
    assert "测** 999999********0021" in clerk.out
    assert "已收到" in clerk.out
    assert "匿名" in clerk.out
    assert ANNA.id_number not in clerk.out
    assert ANNA.name not in clerk.out
    assert clerk.rows("SELECT * FROM visit_viewing") == []
    assert clerk.runs("list", "--json", "--station", clerk.county.villages[1].code) == 0
    assert json.loads(clerk.out) == []


def test_a_text_in_another_encoding_is_refused_in_a_line(clerk: Clerk, monkeypatch: pytest.MonkeyPatch):
    pasted = io.TextIOWrapper(io.BytesIO("答复".encode("gbk")), "utf-8", "strict")
    monkeypatch.setattr(io, "StringIO", lambda _: pasted)
    assert clerk.on("answer", "--state", "answered", "--stdin") == 2
    assert "UTF-8" in clerk.err


def test_a_screen_obeys_nothing_that_a_station_sent(clerk: Clerk, monkeypatch: pytest.MonkeyPatch):
    clerk.stored(clerk.kiosk.visit("12-00009-1", Person("\x1b]", "\x1b[2J\n\x9b9999990021")), epoch="b" * 16)
    for forced in ("", "1"):
        monkeypatch.setenv("FORCE_COLOR", forced)
        monkeypatch.setenv("TTY_COMPATIBLE", forced)
        assert clerk.runs("list") == 0
        assert "\x1b[2J" not in clerk.out
        assert "?[2J" in clerk.out
        assert "\x9b" not in clerk.out


def test_the_list_goes_as_far_back_as_asked_page_by_page(clerk: Clerk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("hub.commands.visits.PAGE", 2)
    visits = [clerk.kiosk.visit(f"12-0001{number}-1", None) for number in range(5)]
    clerk.stored(*visits, epoch="f" * 16, ago_ms=3 * 86_400_000)

    def listed(*words: str) -> list[str]:
        assert clerk.runs("list", "--json", *words) == 0
        return [visit["number"] for visit in json.loads(clerk.out)]

    assert listed() == [ANONYMOUS, NUMBER]
    assert listed("--since", "4d") == [f"12-0001{number}-1" for number in range(4, -1, -1)] + [ANONYMOUS, NUMBER]


def test_a_visit_by_service_card_is_listed_as_not_verified(clerk: Clerk):
    card = Person("", "", service_card="123456789012")
    clerk.stored(clerk.kiosk.visit("12-00003-1", card, who="service_card"), epoch="b" * 16)
    assert clerk.runs("list") == 0
    assert "service card, 未核验 not verified *********012" in " ".join(clerk.out.split())


def test_opening_tells_who_came_and_what_they_said_and_is_on_record(clerk: Clerk):
    assert clerk.on("open", "--reason", "安排调解", "--json") == 0
    told = json.loads(clerk.out)
    assert told["identity"]["name"] == ANNA.name
    assert told["identity"]["id_number"] == ANNA.id_number
    assert told["words"] == {"text": WORDS, "fields": {"matter": "邻里"}}
    assert clerk.on("open", "--reason", "复核", by="另一员") == 0
    assert ANNA.name in clerk.out
    assert WORDS in clerk.out
    assert clerk.rows("SELECT who, reason FROM visit_viewing ORDER BY id") == [
        ("测试员", "安排调解"),
        ("另一员", "复核"),
    ]
    logged = clerk.rows("SELECT number, who, role, act, subject, reason, address FROM audit ORDER BY number")
    what = ("command", "visit.open", f"{clerk.code} {NUMBER}")
    assert logged == [(1, "测试员", *what, "安排调解", "command"), (2, "另一员", *what, "复核", "command")]


def test_the_viewing_is_stored_before_a_box_is_opened(clerk: Clerk, monkeypatch: pytest.MonkeyPatch):
    seen: list[list[tuple[object, ...]]] = []
    identity = Unsealer.identity

    def watched(self: Unsealer, person: object) -> object:
        seen.append(clerk.rows("SELECT who FROM visit_viewing"))
        return identity(self, person)  # type: ignore[arg-type]

    monkeypatch.setattr(Unsealer, "identity", watched)
    assert clerk.on("open", "--reason", "安排调解") == 0
    assert seen == [[("测试员",)]]


def test_what_cannot_be_logged_is_not_opened(clerk: Clerk):
    with clerk.database() as database, writing(database) as connection:
        connection.execute(
            text("CREATE TRIGGER full BEFORE INSERT ON visit_viewing BEGIN SELECT RAISE(ABORT,'no'); END")
        )
    assert clerk.on("open", "--reason", "安排调解") == 1
    assert "E-STORE" in clerk.err
    assert ANNA.name not in clerk.out


def test_words_that_would_command_a_screen_are_only_shown(clerk: Clerk):
    clerk.stored(clerk.kiosk.visit("12-00004-1", None, words=clerk.kiosk.words("a\x1b[2Jb\r\nc")), epoch="c" * 16)
    assert clerk.on("open", "--reason", "看留言", number="12-00004-1") == 0
    assert "a?[2Jb\n" in clerk.out
    assert "\x1b" not in clerk.out


def test_an_answer_is_sealed_kept_and_found_by_its_person(clerk: Clerk):
    assert clerk.on("answer", "--state", "assigned") == 0
    assert clerk.on("answer", "--state", "answered", "--text", "请周三上午到镇司法所") == 0
    assert "已答复" in clerk.out
    assert clerk.err == ""
    assert clerk.on("answer", "--state", "need_papers", "--stdin", stdin="请带户口本\r\n和身份证\n") == 0
    assert clerk.runs("list", "--json") == 0
    assert json.loads(clerk.out)[1]["state"] == "need_papers"
    with clerk.database() as database:
        key = PersonIndex(clerk.unsealer).key_of_number(ANNA.id_number)
        assert key is not None
        (matter,), steps, _ = CasesReader(database.reader).of_person(key, clerk.code, 20)
        told = [(step.state, step.note and clerk.unsealer.note(step.note)) for step in steps[matter.visit]]
    assert told == [
        ("assigned", None), ("answered", "请周三上午到镇司法所"), ("need_papers", "请带户口本\n和身份证")
    ]  # fmt: skip
    for file in Path(clerk.county.folder / "hub").glob("hub.sqlite3*"):
        assert "司法所".encode() not in file.read_bytes(), file.name


def test_one_takes_back_ones_own_last_step_and_it_stays_on_record(clerk: Clerk):
    clerk.on("answer", "--state", "answered", "--text", "先前的话")
    clerk.on("answer", "--state", "closed", by="另一员")
    assert clerk.on("undo") == 0
    assert "已答复" in clerk.out
    assert clerk.on("undo") == 1
    assert "E-CASE-05" in clerk.err
    assert clerk.rows("SELECT who, state, withdrawn_ms IS NULL FROM visit_step ORDER BY id") == [
        ("测试员", "answered", 0), ("另一员", "closed", 1)
    ]  # fmt: skip
    assert clerk.on("open", "--reason", "复核", "--json") == 0
    assert [step["note"] for step in json.loads(clerk.out)["steps"]] == ["先前的话", None]
    assert clerk.on("undo", by="另一员") == 0
    assert clerk.runs("list", "--json") == 0
    assert json.loads(clerk.out)[1]["state"] == "received"
    assert clerk.rows("SELECT act, who FROM audit ORDER BY number") == [
        ("visit.step", "测试员"), ("visit.step", "另一员"), ("visit.undo", "测试员"), ("visit.open", "测试员"),
        ("visit.undo", "另一员"),
    ]  # fmt: skip


def test_an_answer_to_nobody_says_that_nobody_will_read_it(clerk: Clerk):
    assert clerk.on("answer", "--state", "closed", number=ANONYMOUS) == 0
    assert "查不到" in clerk.err


def test_a_number_given_twice_must_be_told_apart(clerk: Clerk):
    clerk.stored(clerk.kiosk.visit(NUMBER, None), epoch="b" * 16)
    clerk.stored(clerk.kiosk.visit(NUMBER, None), epoch="d" * 16, station=clerk.county.villages[1].code)
    assert clerk.on("answer", "--state", "closed") == 1
    assert "E-CASE-02" in clerk.err
    assert "--epoch aaaaaaaaaaaaaaaa" in clerk.err
    assert "--epoch bbbbbbbbbbbbbbbb" in clerk.err
    assert "dddd" not in clerk.err, "another station's is another"
    assert clerk.on("answer", "--state", "closed", "--epoch", "b" * 16) == 0
    with clerk.database() as database, reading(database.reader) as connection:
        joined = t.visit_step.join(t.visit).join(t.epoch, t.epoch.c.id == t.visit.c.epoch_id)
        assert connection.execute(select(t.epoch.c.epoch).select_from(joined)).scalars().all() == ["b" * 16]


def test_what_was_sealed_to_another_hub_is_said_and_the_attempt_is_on_record(clerk: Clerk):
    stranger = Kiosk(PrivateKey.generate().public_key)
    clerk.stored(
        stranger.visit("12-00005-1", ANNA),
        stranger.visit("12-00006-1", ANNA, words=clerk.kiosk.words(WORDS)),
        epoch="e" * 16,
    )
    assert clerk.on("open", "--reason", "看", number="12-00005-1") == 1
    assert "E-CASE-04" in clerk.err
    assert clerk.on("open", "--reason", "看", number="12-00006-1") == 0
    assert "E-CASE-04" in clerk.err
    assert WORDS in clerk.out
    assert len(clerk.rows("SELECT * FROM visit_viewing")) == 2


@pytest.mark.parametrize(
    ("words", "exit_code", "said"),
    [
        pytest.param(["open", NUMBER, "--by", "x", "--reason", "x"], 2, "--station", id="no station"),
        pytest.param(["open", NUMBER, "--station", "{code}", "--by", "x"], 2, "--reason", id="no reason"),
        pytest.param(["open", NUMBER, "--station", "{code}", "--by", " ", "--reason", "x"], 2, "--by", id="nobody"),
        pytest.param(["open", "12", "--station", "{code}", "--by", "x", "--reason", "x"], 2, "回执", id="no number"),
        pytest.param(
            ["open", "12-99999-1", "--station", "{code}", "--by", "x", "--reason", "x"], 1, "E-CASE-01", id="no visit"
        ),
        pytest.param(
            ["open", NUMBER, "--station", "999999109999", "--by", "x", "--reason", "x"], 1, "E-ORD-01", id="no village"
        ),
        pytest.param(
            ["open", ANONYMOUS, "--station", "{code}", "--by", "x", "--reason", "x"],
            1, "E-CASE-03", id="nothing sealed",
        ),
        pytest.param(
            ["answer", NUMBER, "--station", "{code}", "--by", "x", "--state", "lost"], 2, "--state", id="no such state"
        ),
        pytest.param(
            ["answer", NUMBER, "--station", "{code}", "--by", "x", "--state", "answered"], 2, "--text", id="no words"
        ),
        pytest.param(
            ["answer", NUMBER, "--station", "{code}", "--by", "x", "--state", "closed", "--text", "长" * 601],
            2, "600", id="too long",
        ),
        pytest.param(
            ["answer", NUMBER, "--station", "{code}", "--by", "x", "--state", "closed", "--text", "a\x1b[2J"],
            2, "600", id="a command to a screen",
        ),
        pytest.param(
            ["answer", NUMBER, "--station", "{code}", "--by", "x", "--state", "closed", "--text", "a", "--stdin"],
            2, "--stdin", id="two texts",
        ),
        pytest.param(["undo", NUMBER, "--station", "{code}", "--by", "x"], 1, "E-CASE-05", id="nothing to take back"),
        pytest.param(["list", "--since", "soon"], 2, "--since", id="no span of time"),
        pytest.param(["list", "--station", "999999109999"], 1, "E-ORD-01", id="no such station's visits"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_and_nothing_is_written(
    clerk: Clerk, words: list[str], exit_code: int, said: str
):
    assert clerk.runs(*(word.format(code=clerk.code) for word in words)) == exit_code
    assert said in clerk.err
    assert clerk.rows("SELECT id FROM visit_step UNION ALL SELECT id FROM visit_viewing") == []


def test_a_purge_says_what_is_due_before_it_erases(clerk: Clerk):
    clerk.stored(clerk.kiosk.visit("12-00003-1", ANNA, service="document"), epoch="b" * 16)
    long_ago = now_ms() - 200 * 86_400_000
    with clerk.database() as database, writing(database) as connection:
        connection.execute(text(f"UPDATE visit SET received_ms = {long_ago}"))
    due = {"visits": 1, "emergencies": 0, "quarantined": 0, "questions": 0, "tickets": 0, "kept_open": 0}
    for _ in range(2):
        assert clerk.runs("purge", "--dry-run", "--json") == 0
        assert json.loads(clerk.out) == due
    assert clerk.runs("purge") == 0
    assert "来访 visits: 1" in clerk.out
    assert clerk.runs("purge", "--json") == 0
    assert json.loads(clerk.out) == due | {"visits": 0}
    assert clerk.on("open", "--reason", "核对", number="12-00003-1") == 1
    assert "E-CASE-03" in clerk.err
