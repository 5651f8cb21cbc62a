"""Edits of `config.txt` that keep what is there, can be done again and can be taken back (pure).

What is missing is added in a block of our own at the end; a line that contradicts it is switched off where it stands,
with the reason above it, never removed. Form: raspberrypi.com/documentation, config.txt: sections by model that hold
until `[all]`, parameters after an overlay that belong to it until an empty `dtoverlay=`.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

BEGIN: Final = "# >>> cuncuntong: written by firmware-config"
BEGIN_JOINED: Final = BEGIN + " +"
"""The same where the file did not end its last line."""
END: Final = "# <<< cuncuntong"
OFF: Final = "#cuncuntong# "
"""Before a line that was switched off."""
WHY: Final = "# cuncuntong: "
"""Before the reason, in the line above."""
ALL: Final = "[all]"

PARAMETERS: Final = {"i2c_arm": "on", "watchdog": "on"}
"""The clock's bus; the watchdog that starts a hung station again."""
PLAIN: Final = {"camera_auto_detect": "1", "disable_splash": "1", "enable_uart": "1"}
OVERLAYS: Final = {"vc4-kms-v3d": "", "disable-bt": "", "i2c-rtc": "ds3231"}
"""The screen; the good serial port for the card reader instead of Bluetooth; the clock that goes on without power."""
ALIASES: Final = {"i2c": "i2c_arm", "i2c1": "i2c_arm"}
RIVALS: Final = {
    "vc4-fkms-v3d": "vc4-kms-v3d",
    "vc4-kms-v3d-pi4": "vc4-kms-v3d",
    "vc4-kms-v3d-pi5": "vc4-kms-v3d",
    "miniuart-bt": "disable-bt",
    "pi3-miniuart-bt": "disable-bt",
    "pi3-disable-bt": "disable-bt",
    "i2c-rtc-gpio": "i2c-rtc",
}
"""Overlays that do the same in another way."""
_SETTING: Final = re.compile(r"[ \t]*(?P<key>[a-z_0-9]+)[ \t]*=[ \t]*(?P<value>.*?)[ \t\r]*")
_SECTION: Final = re.compile(r"[ \t]*\[(?P<name>[^\]]*)\][ \t\r]*")


class _Line(NamedTuple):
    """A line as the firmware reads it."""

    text: str
    key: str
    value: str
    everywhere: bool
    """Not below a section for some models."""
    never: bool
    """Below `[none]`."""
    of_overlay: bool
    """After an overlay, whose parameters it may set."""


def with_ours(content: bytes) -> bytes:
    """Return `config.txt` as a station needs it. Doing it again changes nothing."""
    text = _read(without_ours(content))
    end = "\r\n" if "\r\n" in text else "\n"
    there: set[str] = set()
    out: list[str] = []
    for line in _lines(text):
        have, why = _judge(line, there)
        there |= have
        out.append(f"{WHY}{why}{end[:-1]}\n{OFF}{line.text}" if why else line.text)
    missing = [wanted for wanted in _wanted() if wanted not in there]
    if not missing:
        return _write("\n".join(out))
    joined = out[-1] != ""
    block = [BEGIN_JOINED if joined else BEGIN, ALL, "dtoverlay=", *missing, END, ""]
    return _write("\n".join(out) + (end if joined else "") + end.join(block))


def without_ours(content: bytes) -> bytes:
    """Return `config.txt` as it was before `with_ours`; whatever others wrote since stays."""
    text = _read(content)
    while (before := _once_without(text)) != text:
        text = before
    return _write(text)


def _wanted() -> Iterator[str]:
    """Yield our lines: parameters of the board before any overlay, which they would be taken to belong to."""
    yield from (f"dtparam={name}={value}" for name, value in PARAMETERS.items())
    yield from (f"{name}={value}" for name, value in PLAIN.items())
    yield from (f"dtoverlay={name}" + (f",{value}" if value else "") for name, value in OVERLAYS.items())


def _judge(line: _Line, there: set[str]) -> tuple[set[str], str]:
    """Return which of our lines this one already is, and why it must be switched off, "" when it may stay."""
    if line.never or not line.key:
        return set(), ""
    if line.key in PLAIN:
        ours = f"{line.key}={PLAIN[line.key]}"
        same = line.value == PLAIN[line.key]
        return ({ours}, "") if same and line.everywhere else (set(), "" if same else _other(ours))
    if line.key in {"dtparam", "device_tree_param"}:
        return _judge_parameter(line)
    if line.key in {"dtoverlay", "device_tree_overlay"}:
        return _judge_overlay(line, there)
    return set(), ""


def _judge_parameter(line: _Line) -> tuple[set[str], str]:
    """Judge a board's parameter; several in one line stay as they are, for the last word is ours."""
    name, _, value = line.value.partition("=")
    name = ALIASES.get(name, name)
    if "," in value or name not in PARAMETERS:
        return set(), ""
    ours = f"dtparam={name}={PARAMETERS[name]}"
    if value not in {"", "on", "1", "true", "yes"}:
        return set(), _other(ours)
    return ({ours} if line.everywhere and not line.of_overlay else set()), ""


def _judge_overlay(line: _Line, there: set[str]) -> tuple[set[str], str]:
    name, _, rest = line.value.partition(",")
    target = RIVALS.get(name, name)
    if target not in OVERLAYS:
        return set(), ""
    needs = OVERLAYS[target]
    ours = f"dtoverlay={target}" + (f",{needs}" if needs else "")
    if name != target or (needs and needs not in rest.split(",")):
        return set(), _other(ours)
    if not line.everywhere:
        return set(), f"below it holds for every model 已在下方对所有型号生效: {ours}"
    return (set(), f"stands above already 上文已有: {ours}") if ours in there else ({ours}, "")


def _other(ours: str) -> str:
    return f"contradicts what a station needs 与站点所需冲突: {ours}"


def _lines(text: str) -> Iterator[_Line]:
    section, of_overlay = "all", False
    for line in text.split("\n"):
        if (named := _SECTION.fullmatch(line)) is not None:
            name = named["name"].strip().lower()
            # Filters of several kinds hold together until [all]: after one, nothing is for every model.
            section = name if name in {"all", "none"} or section != "none" else section
        setting = _SETTING.fullmatch(line) if named is None else None
        key, value = (setting["key"], setting["value"]) if setting is not None else ("", "")
        if key in {"dtoverlay", "device_tree_overlay"}:
            of_overlay = value != ""
        yield _Line(line, key, value, section == "all", section == "none", of_overlay)


def _once_without(text: str) -> str:
    """Return `text` without our marks, once; a mark that this uncovers goes next time."""
    kept: list[str] = []
    lines = text.split("\n")
    place = 0
    while place < len(lines):
        line = lines[place]
        bare = line.removesuffix("\r")
        if bare in {BEGIN, BEGIN_JOINED}:
            place = _after_block(lines, place + 1)
            if any(rest.strip() for rest in lines[place:]):
                # Others wrote below our block, where it was for every model: so it stays.
                kept += [ALL] if [one.everywhere for one in _lines("\n".join(kept))][-1:] == [False] else []
            elif bare == BEGIN_JOINED and kept and lines[place:] == [""]:
                kept[-1] = kept[-1].removesuffix("\r") if line.endswith("\r") else kept[-1]
                break
            continue
        place += 1
        if line.startswith(WHY) and place < len(lines) and lines[place].startswith(OFF):
            continue
        if bare == END:
            continue
        kept.append(line.removeprefix(OFF))
    return "\n".join(kept)


def _after_block(lines: list[str], place: int) -> int:
    """Return where what follows our block begins: after its end, or where a block cut short stops being ours."""
    ours = {ALL, "dtoverlay=", *_wanted()}
    while place < len(lines) and lines[place].removesuffix("\r") in ours:
        place += 1
    return place + 1 if place < len(lines) and lines[place].removesuffix("\r") == END else place


def _read(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")


def _write(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
