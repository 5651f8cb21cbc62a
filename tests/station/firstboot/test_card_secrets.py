"""What leaves the FAT partition, and what stays as it was."""

from pathlib import Path

import pytest

from station.firstboot.card_secrets import clean_card, secrets_on_card
from station.layout import Layout

HASH = "$6$rounds=4096$not$areal0ne"


def card(root: Path, **files: str) -> Layout:
    layout = Layout(root)
    layout.card.mkdir(parents=True)
    for name, text in files.items():
        (layout.card.parent / name.replace("__", "-").replace("_txt", ".txt")).write_text(text, "utf-8")
    return layout


@pytest.mark.parametrize(
    ("name", "text", "left"),
    [
        pytest.param(
            "user__data",
            f"#cloud-config\nuser:\n  name: pi\n  passwd: {HASH}\n  lock_passwd: true\nssh_pwauth: false\n",
            "#cloud-config\nuser:\n  name: pi\n  passwd: removed\n  lock_passwd: true\nssh_pwauth: false\n",
            id="a user's hash",
        ),
        pytest.param(
            "network__config",
            'network:\n  wifis:\n    wlan0: {access-points: {"a b": {password: "secret words"}}}\n',
            'network:\n  wifis:\n    wlan0: {access-points: {"a b": {password: removed}}}\n',
            id="a netplan password in braces",
        ),
        pytest.param(
            "network__config", "auth:\n  'password' : 'x y'\n", "auth:\n  'password' : removed\n", id="quoted key"
        ),
    ],
)
def test_a_secret_is_taken_out_of_a_seed_file_and_nothing_else(tmp_path: Path, name: str, text: str, left: str) -> None:
    layout = card(tmp_path, **{name: text})
    assert len(secrets_on_card(layout)) == 1
    assert [one.kind for one in clean_card(layout)] != []
    assert secrets_on_card(layout) == []
    file = next(path for path in layout.card.parent.iterdir() if path.is_file())
    assert file.read_text("utf-8") == left


@pytest.mark.parametrize(
    "text",
    ["lock_passwd: true\n", "chpasswd: {expire: false}\n", "password: null\n", "ssh_pwauth: false\n", "# no secret\n"],
)
def test_what_is_no_secret_stays(tmp_path: Path, text: str) -> None:
    layout = card(tmp_path, user__data=text)
    assert clean_card(layout) == []
    assert (layout.card.parent / "user-data").read_text("utf-8") == text


def test_files_that_exist_for_a_password_go_whole(tmp_path: Path) -> None:
    layout = card(tmp_path, userconf_txt=f"pi:{HASH}\n", config_txt="dtparam=watchdog=on\n")
    (layout.card / "token").write_text("0123456789ABCDEF", "ascii")
    assert {one.file.name for one in clean_card(layout)} == {"token", "userconf.txt"}
    assert sorted(path.name for path in layout.card.parent.rglob("*") if path.is_file()) == ["config.txt"]


def test_found_secrets_are_named_never_quoted(tmp_path: Path) -> None:
    layout = card(tmp_path, user__data=f"passwd: {HASH}\n")
    assert HASH not in repr(secrets_on_card(layout))


def test_without_a_card_there_is_nothing(tmp_path: Path) -> None:
    assert clean_card(Layout(tmp_path)) == []
