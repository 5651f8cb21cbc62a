"""`hub library …` as somebody at the county uses it, on a real database; no hub runs."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from demo.run import LIBRARY
from hub.__main__ import main
from hub.health.station import never_seen
from hub.library.desk import LONGEST_VERSION, MAX_TEXT_BYTES, check, read_drafts
from hub.store.documents import note_refusals
from hub.store.engine import Database, writing
from hub.store.history import Remembered, write_states
from hub.store.stations import enrol, read_villages
from tests.hub.ingest.conftest import STATION, VILLAGES
from tests.hub.logged import logged
from wire.content import KINDS
from wire.life import Birth
from wire.records import DeviceEvent

OTHER, TOWN = VILLAGES[1].code, VILLAGES[0].town
Hub = Callable[..., Any]


def roster(*names: str) -> str:
    return json.dumps({"people": [{"name": name, "role": "staff"} for name in names]}, indent=2, ensure_ascii=False)


class County:
    """A county's hub, laid out as far as the library needs it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._capsys, self._monkeypatch = folder, capsys, monkeypatch
        self.config = folder / "hub.toml"
        (folder / "unseal.key").write_bytes(base64.b64encode(bytes(range(32))))
        self.database = f"sqlite:///{folder / 'hub.sqlite3'}"
        rows = "".join(f"{one.code},{one.name},{one.town}\n" for one in VILLAGES)
        (folder / "stations.csv").write_text(f"code,name,town\n{rows}")
        self.config.write_text(
            f'county = "999999"\ncounty_name = "测试县"\ndatabase = "{self.database}"\n'
            f'stations_file = "{folder / "stations.csv"}"\nunseal_key_file = "{folder / "unseal.key"}"\n'
            '[broker]\nhost = "x"\nca_file = "x"\ncert_file = "x"\nkey_file = "x"\n[web]\napi_token_file = "x"\n'
        )
        self.code = 0
        self.err = ""

    def file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, "utf-8")
        return path

    def hub(self, command: str, *words: object, as_json: bool = True) -> Any:
        """Run `hub library COMMAND …`; return what it printed, and keep its exit code and errors."""
        argv = ["hub", "library", command, "--config", str(self.config), *(str(word) for word in words)]
        self._monkeypatch.setattr("sys.argv", [*argv, "--json"] if as_json else argv)
        self.code = 0
        try:
            main()
        except SystemExit as end:
            self.code = int(end.code or 0)
        out, self.err = self._capsys.readouterr()
        return json.loads(out) if as_json and out else out

    def publish(self, text: str, *words: object) -> Any:
        return self.hub("publish", self.file("roster.json", text), "--by", "测试员", *words)

    def stations_say(self, *, refused: DeviceEvent | None = None, **held: int) -> None:
        """Have the first station's last birth say what it holds."""
        database = Database(self.database)
        with writing(database) as connection:
            ids = enrol(connection, read_villages(self.folder / "stations.csv", "999999"))
            birth = Birth(1, "a" * 16, "test", 30, 30.0, library=held)
            write_states(connection, [(STATION, Remembered(never_seen(1), birth))], ids)
            if refused is not None:
                note_refusals(connection, [arrived(refused)], ids)
        database.stop()

    def states(self) -> dict[str, tuple[str, str | None]]:
        told = self.hub("list")
        return {one["station"]: (one["state"], one["code"]) for one in told["stations"]}


def arrived(event: DeviceEvent) -> Any:
    from hub.ingest.handle import Arrived, handle
    from wire.codec import encode
    from wire.records import Batch, Record
    from wire.topics import up

    raw = msgspec.Raw(msgspec.json.encode(Record(1, event)))
    return handle(Arrived(up(STATION, "records"), encode(Batch("a" * 16, 0, [raw])), False, 1, 1, 1, 5), {STATION})


@pytest.fixture
def county(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> County:
    return County(tmp_path, capsys, monkeypatch)


def test_a_document_is_published_once_and_only_what_changed_again(county: County) -> None:
    (first,) = county.publish(roster("测试甲"))
    assert (first["name"], first["what"], first["stations"]) == ("roster", "new", len(VILLAGES))
    assert first["size_bytes"] < len(roster("测试甲").encode())
    assert "no hub is running" in county.err
    (same,) = county.publish(roster("测试甲").replace("\n", ""))
    assert (same["what"], same["version"]) == ("unchanged", None)
    assert county.err == ""
    (again,) = county.publish(roster("测试甲"), "--again")
    assert (again["what"], again["version"]) == ("unchanged", first["version"] + 1)
    (other,) = county.publish(roster("测试乙"))
    assert (other["what"], other["version"]) == ("changed", first["version"] + 2)


def test_a_station_that_claims_the_largest_version_there_is_leaves_the_county_its_own(county: County) -> None:
    county.stations_say(roster=LONGEST_VERSION - 1)
    (first,) = county.publish(roster("测试甲"))
    (gone,) = county.hub("withdraw", "roster", "--by", "测试员")
    (back,) = county.hub("undo", "roster", "--by", "测试员")
    assert first["version"] < gone["version"] < back["version"] < LONGEST_VERSION // 1_000


def test_a_dry_run_changes_nothing(county: County) -> None:
    (change,) = county.publish(roster("测试甲"), "--dry-run")
    assert (change["what"], change["version"]) == ("new", None)
    assert county.hub("list") == {"documents": [], "stations": []}


def test_a_town_and_a_station_have_their_own_and_a_withdrawal_brings_the_wider_back(county: County) -> None:
    county.publish(roster("测试全县"))
    county.publish(roster("测试乡镇"), "--town", TOWN)
    (own,) = county.publish(roster("测试本站"), "--station", STATION)
    assert own["stations"] == 1
    told = county.hub("list")
    assert [(one["scope"], one["place"]) for one in told["documents"]] == [
        ("county", "999999"), ("town", TOWN), ("station", STATION)
    ]  # fmt: skip
    assert {one["station"]: one["scope"] for one in told["stations"]} == {
        village.code: "station" if village.code == STATION else "town" for village in VILLAGES
    }
    gone = county.hub("withdraw", "roster", "--station", STATION, "--by", "测试员")
    assert (gone[0]["what"], gone[0]["version"]) == ("withdrawn", own["version"] + 1)
    told = county.hub("list", "--station", STATION)["stations"]
    assert [(one["scope"], one["version"]) for one in told] == [("town", own["version"] + 1)]
    county.hub("withdraw", "roster", "--station", STATION, "--by", "测试员")
    assert (county.code, "E-DOC-06" in county.err) == (3, True)


def test_undo_publishes_the_version_before_and_twice_takes_it_back(county: County) -> None:
    county.publish(roster("测试甲"))
    county.hub("undo", "roster", "--by", "测试员")
    assert "E-DOC-06" in county.err, "there is nothing before the first"
    county.publish(roster("测试乙"))
    county.hub("undo", "roster", "--by", "测试员")
    shown = county.hub("show", "roster")
    assert shown["content"]["people"][0]["name"] == "测试甲"
    assert len(shown["versions"]) == 3
    county.hub("undo", "roster", "--by", "测试员")
    assert county.hub("show", "roster")["content"]["people"][0]["name"] == "测试乙"
    county.hub("withdraw", "roster", "--by", "测试员")
    assert county.hub("show", "roster")["content"] is None
    county.hub("undo", "roster", "--by", "测试员")
    assert county.hub("show", "roster")["content"]["people"][0]["name"] == "测试乙"
    database = Database(county.database)
    acts = [act.removeprefix("library.") for _, act in logged(database, "who", "act")]
    database.stop()
    assert acts == ["publish", "publish", "restore", "restore", "withdraw", "restore"], "nothing refused"
    oldest = shown["versions"][-1]["version"]
    assert county.hub("show", "roster", "--version", oldest)["content"]["people"][0]["name"] == "测试甲"


def test_of_a_folder_with_a_bad_file_nothing_is_published_and_each_is_named_without_its_text(county: County) -> None:
    folder = county.folder / "documents"
    folder.mkdir()
    (folder / "roster.json").write_text(roster("测试甲"))
    (folder / "papers.json").write_text('{"bring": [], "place": {"zh": "机密"}}')
    (folder / "horoscope.json").write_text("{}")
    (folder / "notices.json").write_text("null")
    (folder / "hotline.json").write_text('{"number": "12348", "hours": {"zh": "全天"}')
    county.hub("publish", folder, "--by", "测试员")
    assert county.code == 3
    lines = county.err.splitlines()
    assert lines[0].startswith("E-DOC-02 4 of 5")
    assert [(line.split(":")[0].strip(), line.split()[1]) for line in lines[1:]] == [
        ("horoscope.json", "E-WIRE-04"),
        ("hotline.json", "E-WIRE-04"),
        ("notices.json", "E-DOC-04"),
        ("papers.json", "E-WIRE-04"),
    ]
    assert "$.bring" in county.err
    assert "机密" not in county.err
    assert county.hub("list")["documents"] == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        pytest.param(("publish", "nowhere.json", "--by", "测试员"), "E-DOC-01", id="no file"),
        pytest.param(("publish", ".", "--by", "测试员"), "E-DOC-01", id="an empty folder"),
        pytest.param(("withdraw", "roster", "--by", "测试员"), "E-DOC-06", id="nothing to withdraw"),
        pytest.param(("withdraw", "roster", "--town", "无", "--by", "测试员"), "E-DOC-05", id="no such town"),
        pytest.param(("show", "roster", "--station", "999999999999"), "E-DOC-05", id="no such station"),
        pytest.param(("list", "--station", "999999999999"), "E-DOC-05", id="list of no such station"),
        pytest.param(("show", "roster"), "E-DOC-06", id="nothing to show"),
    ],
)
def test_a_mistake_is_one_clear_line(county: County, words: tuple[str, ...], code: str, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    command, *rest = ("publish", str(empty), *words[2:]) if words[1] == "." else words
    county.hub(command, *rest)
    assert (county.code, county.err.split()[0]) == (3, code)
    assert len(county.err.splitlines()) == 1


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("withdraw", "horoscope", "--by", "测试员"), id="no such kind"),
        pytest.param(("withdraw", "roster", "--by", " "), id="nobody"),
        pytest.param(("withdraw", "roster", "--by", "x", "--town", "a", "--station", "b"), id="town and station"),
    ],
)
def test_a_mistake_of_use_ends_with_2(county: County, words: tuple[str, ...]) -> None:
    county.hub(*words)
    assert county.code == 2


def test_a_text_over_the_limit_is_refused(county: County) -> None:
    few = [{"id": f"a{number}", "title": {"zh": "测"}, "text": {"zh": "长" * 3_000}} for number in range(5)]
    assert check("learning", json.dumps({"articles": few}, ensure_ascii=False)).name == "learning"
    many = json.dumps({"articles": [few[0] | {"id": f"b{number}"} for number in range(6)]}, ensure_ascii=False)
    assert MAX_TEXT_BYTES < len(many.encode()) < 64 * 1024
    county.hub("publish", county.file("learning.json", many), "--by", "测试员")
    assert "E-DOC-03" in county.err
    # Every quotation mark doubles on the wire.
    quoted = json.dumps({"articles": [few[0] | {"text": {"zh": '"' * 11_000}}] * 2})
    assert len(quoted.encode()) < MAX_TEXT_BYTES
    county.hub("publish", county.file("learning.json", quoted), "--by", "测试员")
    assert "E-DOC-03" in county.err


def test_a_file_with_a_mark_of_its_encoding_is_read(county: County) -> None:
    path = county.folder / "roster.json"
    path.write_bytes(b"\xef\xbb\xbf" + roster("测试甲").encode())
    assert county.hub("publish", path, "--by", "测试员")[0]["what"] == "new"
    path.write_bytes(roster("测试甲").encode("gb18030"))
    county.hub("publish", path, "--by", "测试员")
    assert "E-DOC-01" in county.err


def test_the_list_says_who_is_behind_who_refused_and_who_was_never_there(county: County) -> None:
    (change,) = county.publish(roster("测试甲"))
    version = change["version"]
    assert set(county.states().values()) == {("unseen", None)}
    county.stations_say()
    assert county.states()[STATION] == ("behind", None)
    assert county.states()[OTHER] == ("unseen", None)
    county.stations_say(refused=DeviceEvent("library", "E-LIB-06", note=f"roster {version}"))
    assert county.states()[STATION] == ("refused", "E-LIB-06")
    lines = county.hub("list", as_json=False)
    assert "已拒收 refused E-LIB-06" in lines
    assert f"从未上线 never seen {len(VILLAGES) - 1}" in lines
    county.stations_say(roster=version)
    assert county.states()[STATION] == ("held", None)
    county.stations_say(roster=version + 1)
    assert county.states()[STATION] == ("ahead", None)
    assert "版本超前 ahead" in county.hub("list", as_json=False)
    assert "--again" in county.err, "what to do about it"
    (better,) = county.publish(roster("测试乙"))
    assert better["version"] == version + 2, "over whatever a station holds"
    assert county.states()[STATION] == ("behind", None)


def test_the_demos_documents_are_of_every_kind_and_can_be_published() -> None:
    assert {draft.name for draft in read_drafts(LIBRARY)} == set(KINDS)
