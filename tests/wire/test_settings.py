"""Settings files: whoever mistypes one is told where, what it means and what to do."""

from pathlib import Path
from typing import Annotated

import pytest
from msgspec import Meta, Struct, field

from wire.settings import SettingsError, load_settings, parse_settings

HERE = Path("/etc/cuncuntong/station.toml")


class Lens(Struct, frozen=True, forbid_unknown_fields=True):
    glass: str
    width_mm: float = 4.0
    table_file: str = "table"


class Camera(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    lens: Lens | None = None
    lenses: list[Lens] = field(default_factory=list)


class House(Struct, frozen=True, forbid_unknown_fields=True):
    state_dir: str
    port: Annotated[int, Meta(ge=1, le=65535)] = 8883
    database: str = "sqlite:///house.sqlite3"
    note: str = ""
    cameras: list[Camera] = field(default_factory=list)
    door: Lens | None = None
    files: list[str] = field(default_factory=list)


def parse(text: str, source: Path = HERE) -> House:
    return parse_settings(text, House, source)


def refusal(text: str) -> str:
    with pytest.raises(SettingsError) as told:
        parse(text)
    return str(told.value)


def test_defaults_stand_in_for_what_is_not_said() -> None:
    assert parse('state_dir = "/var/lib/x"') == House(state_dir="/var/lib/x")


ANCHORED = [
    pytest.param('state_dir = "state"', lambda h: h.state_dir, "/etc/cuncuntong/state", id="a folder beside the file"),
    pytest.param('state_dir = "/var/x"', lambda h: h.state_dir, "/var/x", id="a whole path stays"),
    pytest.param('state_dir = "../x"', lambda h: h.state_dir, "/etc/cuncuntong/../x", id="a way up stays readable"),
    pytest.param(
        'state_dir="s"\ndatabase="sqlite:///h.db"',
        lambda h: h.database,
        "sqlite:////etc/cuncuntong/h.db",
        id="a database beside the file",
    ),
    pytest.param(
        'state_dir="s"\ndatabase="sqlite:////var/h.db"',
        lambda h: h.database,
        "sqlite:////var/h.db",
        id="a database with a whole path stays",
    ),
    pytest.param(
        'state_dir="s"\ndatabase="postgresql://h/d"',
        lambda h: h.database,
        "postgresql://h/d",
        id="an address of another kind stays",
    ),
    pytest.param('state_dir="s"\nnote="x_file"', lambda h: h.note, "x_file", id="other texts stay"),
    pytest.param(
        'state_dir="s"\n[door]\nglass="a"\ntable_file="t.csv"',
        lambda h: h.door.table_file,
        "/etc/cuncuntong/t.csv",
        id="in a table",
    ),
    pytest.param(
        'state_dir="s"\n[[cameras]]\nname="a"\n[[cameras.lenses]]\nglass="b"\ntable_file="t.csv"',
        lambda h: h.cameras[0].lenses[0].table_file,
        "/etc/cuncuntong/t.csv",
        id="in an array of tables in an array of tables",
    ),
]


@pytest.mark.parametrize(("text", "look", "expected"), ANCHORED)
def test_files_are_taken_from_the_settings_files_folder(text: str, look: object, expected: str) -> None:
    assert callable(look)
    assert look(parse(text)) == expected


TWO_CAMERAS = 'state_dir="a"\n[[cameras]]\nname="a"\n[[cameras]]\n'
UNKNOWN = [
    pytest.param('state_dri = "a"', "'state_dri'", "did you mean 'state_dir'?", id="at the top"),
    pytest.param('state_dir="a"\n[door]\nglas="b"', "'door.glas'", "'glass'", id="in a table that may be left out"),
    pytest.param(TWO_CAMERAS + 'nam="b"', "'cameras[1].nam'", "'name'", id="in the second of an array"),
    pytest.param(
        TWO_CAMERAS + 'name="b"\nlenses=[{glass="g", widthmm=1.0}]',
        "'cameras[1].lenses[0].widthmm'",
        "'width_mm'",
        id="in an array in an array",
    ),
]


@pytest.mark.parametrize(("text", "place", "hint"), UNKNOWN)
def test_an_unknown_key_is_named_with_the_nearest_known_one(text: str, place: str, hint: str) -> None:
    told = refusal(text)
    assert told.startswith("E-SET-03 /etc/cuncuntong/station.toml: ")
    assert place in told
    assert hint in told
    assert "未知设置" in told


def test_a_key_like_no_other_gets_no_guess() -> None:
    assert "did you mean" not in refusal('state_dir="a"\nxylophone=1')


WRONG = [
    pytest.param('state_dir="a"\nport="8883"', "$.port", id="a text for a number"),
    pytest.param('state_dir="a"\nport=70000', "$.port", id="a number out of range"),
    pytest.param("port=1", "state_dir", id="something missing"),
    pytest.param('state_dir="a"\ncameras=3', "$.cameras", id="a number for a list"),
    pytest.param('state_dir="a"\ndoor=[{glass="b"}]', "$.door", id="a list for a table"),
    pytest.param('state_dir="a"\n[[cameras]]\nlens={glass="b"}', "$.cameras[0]", id="something missing in an array"),
    pytest.param('state_dir=["a"]', "$.state_dir", id="a list for a text"),
]


@pytest.mark.parametrize(("text", "place"), WRONG)
def test_a_value_of_the_wrong_kind_is_placed(text: str, place: str) -> None:
    told = refusal(text)
    assert told.startswith("E-SET-02 /etc/cuncuntong/station.toml: ")
    assert place in told


def test_a_whole_number_will_do_for_a_figure_with_a_fraction() -> None:
    door = parse('state_dir="a"\n[door]\nglass="b"\nwidth_mm=6').door
    assert door is not None
    assert door.width_mm == 6.0


def test_what_is_no_toml_is_told_with_its_line() -> None:
    told = refusal('state_dir = "a"\nport = = 1\n')
    assert told.startswith("E-SET-01")
    assert "line 2" in told


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"E-SET-00 .*none\.toml"):
        load_settings(tmp_path / "none.toml", House)


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes('state_dir = "村"'.encode("gb18030"))
    with pytest.raises(SettingsError, match=r"E-SET-00 .*UTF-8"):
        load_settings(path, House)


def test_a_file_saved_by_a_windows_editor_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(b'\xef\xbb\xbfstate_dir = "s"\r\nnote = "\xe6\x9d\x91"\r\n')
    assert load_settings(path, House) == House(state_dir=str(tmp_path / "s"), note="村")


def test_a_file_that_systemd_hands_in_is_taken_from_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """LoadCredential=: root's key, which the unit's own user cannot read in the folder."""
    handed = tmp_path / "credentials"
    handed.mkdir()
    for name in ("hall", "state"):
        (handed / name).touch()
    file = tmp_path / "station.toml"
    file.write_text(
        'state_dir = "state"\n'
        '[[cameras]]\nname = "a"\n[cameras.lens]\nglass = "x"\ntable_file = "hall"\n'
        '[[cameras]]\nname = "b"\n[cameras.lens]\nglass = "x"\ntable_file = "other"\n'
        '[door]\nglass = "x"\ntable_file = "sub/hall"\n'
    )
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(handed))
    house = load_settings(file, House)
    assert [camera.lens and camera.lens.table_file for camera in house.cameras] == [
        str(handed / "hall"),
        str(tmp_path / "other"),
    ]
    assert house.door is not None
    assert house.door.table_file == str(tmp_path / "sub/hall"), "only a bare name is one"
    assert house.state_dir == str(tmp_path / "state"), "a folder is never handed in"
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "gone"))
    assert load_settings(file, House).cameras[0].lens == Lens("x", table_file=str(tmp_path / "hall"))


def test_a_file_nested_without_end_is_no_toml_either() -> None:
    assert refusal("port = " + "[" * 100_000).startswith("E-SET-01")
