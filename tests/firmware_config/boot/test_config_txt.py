"""config.txt and cmdline.txt: a station gets what it needs, and whoever owned the card finds all of theirs again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_config.boot import cmdline_txt, config_txt
from firmware_config.errors import ProvisionError
from tests.firmware_config.boot.cards import CMDLINE, CONFIG, model

LINES = (
    "", "# a comment 注释", "[all]", "[pi4]", "[cm5]", "[none]", "[EDID=VSC-TD2220]", "dtparam=audio=on",
    "dtparam=i2c_arm=off", "dtparam=i2c=on,spi=on", "dtparam=watchdog=off", " dtparam = watchdog ", "enable_uart=0",
    "enable_uart=1", "disable_splash=0", "dtoverlay=vc4-fkms-v3d", "dtoverlay=vc4-kms-v3d,noaudio",
    "dtparam=spi=on", "dtoverlay=disable-bt", "dtoverlay=miniuart-bt", "dtoverlay=i2c-rtc,pcf8523",
    "dtoverlay=i2c-rtc,ds3231", "dtoverlay=", "gpu_mem=128",
    "include extra.txt", "not a setting", "#cuncuntong# enable_uart=0", "# cuncuntong: why", config_txt.BEGIN,
    config_txt.END, config_txt.BEGIN_JOINED, "\x00\x85\u2028", "dtoverlay=dwc2,dr_mode=host",
)  # fmt: skip
CONFIGS = st.one_of(
    st.binary(max_size=200),
    st.lists(st.tuples(st.sampled_from(LINES), st.sampled_from(["\n", "\r\n", "\n\n", ""])), max_size=14).map(
        lambda parts: "".join(line + end for line, end in parts).encode()
    ),
)
WORDS = (
    "console=serial0,115200", "console=tty1", "console=ttyAMA0", "splash", "quiet", "ds=nocloud;i=rpi-imager-1",
    "systemd.run=/boot/firstrun.sh", *cmdline_txt.RUN, "root=PARTUUID=1-02", 'init="/a b"', "resize",
    "cfg80211.ieee80211_regdom=GB", "cuncuntong.was=splash", "cuncuntong.was=a%20b",
    "ds=nocloud;i=cuncuntong-1-2", "%3D", '"', "\u2003é",
)  # fmt: skip
CMDLINES = st.builds(
    lambda before, words, end: (before + " ".join([*words, "root=/dev/mmcblk0p2"]) + end).encode(),
    st.sampled_from(["", " "]),
    st.lists(st.sampled_from(WORDS), max_size=8),
    st.sampled_from(["", "\n", " \r\n", "\nsecond line\n"]),
)


def active(content: bytes, model_name: str = "pi4") -> list[str]:
    """Return the settings that hold on a Pi 4, as the firmware reads them."""
    held, out = True, []
    for line in (one.strip() for one in content.decode("utf-8", "surrogateescape").split("\n")):
        if line.startswith("["):
            held = line in {"[all]", f"[{model_name}]"}
        elif held and line and not line.startswith("#"):
            out.append(line)
    return out


def test_the_images_own_file_gets_what_a_station_needs_and_keeps_all_it_had() -> None:
    ours = config_txt.with_ours(CONFIG)
    assert ours.startswith(CONFIG)
    for wanted in config_txt._wanted():
        assert active(ours).count(wanted) == 1, wanted
    assert config_txt.without_ours(ours) == CONFIG


def test_parameters_of_the_board_are_not_taken_for_an_overlays() -> None:
    lines = active(config_txt.with_ours(b"dtoverlay=hifiberry-dac\n"))
    assert lines.index("dtoverlay=") < lines.index("dtparam=watchdog=on") < lines.index("dtoverlay=disable-bt")


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"dtoverlay=miniuart-bt", id="Bluetooth on the other port"),
        pytest.param(b"enable_uart=0", id="no serial port"),
        pytest.param(b"dtparam=i2c=off", id="no bus for the clock, by its other name"),
        pytest.param(b"dtoverlay=i2c-rtc,pcf8523", id="another clock"),
        pytest.param(b"dtoverlay=vc4-fkms-v3d", id="the old screen driver"),
        pytest.param(b"[pi4]\ndtoverlay=disable-bt", id="for one model what is then for all"),
    ],
)
def test_what_contradicts_is_switched_off_with_a_reason_and_comes_back(line: bytes) -> None:
    before = b"gpu_mem=128\r\n" + line.replace(b"\n", b"\r\n") + b"\r\nstart_x=0\r\n"
    ours = config_txt.with_ours(before)
    text = ours.decode().split("\r\n")
    off = next(place for place, one in enumerate(text) if one.startswith(config_txt.OFF))
    assert text[off].endswith(line.decode().rpartition("\n")[2])
    assert text[off - 1].startswith(config_txt.WHY)
    assert "\n" not in ours.decode().replace("\r\n", "")
    assert config_txt.without_ours(ours) == before


@settings(max_examples=150, deadline=None)
@given(before=CONFIGS)
def test_config_twice_is_once_and_undone_is_as_before(before: bytes) -> None:
    clean = config_txt.without_ours(before)
    ours = config_txt.with_ours(before)
    assert config_txt.with_ours(ours) == ours
    assert config_txt.without_ours(ours) == clean
    kept = {line.removeprefix(config_txt.OFF.encode()).strip() for line in ours.split(b"\n")}
    assert {line.strip() for line in clean.split(b"\n")} - kept <= {b""}


def test_what_others_wrote_below_ours_still_holds_for_every_model_after_undo() -> None:
    ours = config_txt.with_ours(b"[cm5]\nx=1\n") + b"dtparam=spi=on\n"
    again = config_txt.with_ours(ours)
    assert "dtparam=spi=on" in active(again)
    assert active(config_txt.without_ours(again)) == ["dtparam=spi=on"]


def test_the_readers_port_has_no_console_and_the_first_boot_has_its_seed() -> None:
    words = cmdline_txt.with_ours(CMDLINE["trixie"], model(wifi=True)).decode().split()
    assert not any(word.startswith("console=serial") for word in words)
    assert {"console=tty1", "resize", "root=PARTUUID=5a7e9c3b-02", "cfg80211.ieee80211_regdom=CN"} <= set(words)
    assert f"ds=nocloud;i={model(wifi=True).instance}" in words
    assert "splash" not in words
    script = cmdline_txt.with_ours(CMDLINE["bookworm"], model("bookworm")).decode()
    assert script.endswith(" ".join(cmdline_txt.RUN) + "\n")
    assert "init=/usr/lib/raspberrypi-sys-mods/firstboot" in script, "it grows the root partition first"


def test_imagers_seed_makes_way_for_ours_and_comes_back() -> None:
    before = CMDLINE["trixie"].replace(b"resize", b"ds=nocloud;i=rpi-imager-178 cfg80211.ieee80211_regdom=GB")
    ours = cmdline_txt.with_ours(before, model(wifi=True))
    assert sum(word.startswith("ds=") for word in ours.decode().split()) == 1
    assert b"regdom=CN" not in ours
    assert cmdline_txt.without_ours(ours) == before


@settings(max_examples=150, deadline=None)
@given(before=CMDLINES, os=st.sampled_from(["trixie", "bookworm"]), wifi=st.booleans())
def test_cmdline_twice_is_once_and_undone_is_as_before(before: bytes, os: str, wifi: bool) -> None:
    needed = model(os, wifi=wifi)
    if before.count(b'"') % 2:
        with pytest.raises(ProvisionError, match="E-BOOT-02"):
            cmdline_txt.with_ours(before, needed)
        return
    clean, ours = cmdline_txt.without_ours(before), cmdline_txt.with_ours(before, needed)
    assert cmdline_txt.with_ours(ours, needed) == ours
    assert cmdline_txt.without_ours(ours) == clean
    assert ours.count(b"\n") == before.count(b"\n")
    left = iter(cmdline_txt._WORD.findall(ours.decode().partition("\n")[0]))
    for word in cmdline_txt._WORD.findall(clean.decode().partition("\n")[0]):
        stays = cmdline_txt._was(word) if cmdline_txt._must_go(word, needed) else word
        assert stays in left, "each in its order"


@pytest.mark.parametrize("content", [b"", b"\n", b"console=tty1\nroot=/dev/sda1\n", b"\xff\xfe\x00"])
def test_what_names_no_root_is_no_boot_partition(content: bytes) -> None:
    with pytest.raises(ProvisionError, match="E-BOOT-02"):
        cmdline_txt.with_ours(content, model())
