"""Edits of `cmdline.txt`, the kernel's one line, that keep its order, can be done again and can be taken back (pure).

A word that must go is kept where it stood as `cuncuntong.was=…`: to the kernel a module's parameter of a module that is
not there, which it passes over, and neither `raspi-config` nor cloud-init finds in it what they look for.
"""

import re
from typing import Final
from urllib.parse import quote, unquote

from firmware_config.boot.model import BootModel
from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_VALIDATION

WAS: Final = "cuncuntong.was="
RUN_SCRIPT: Final = "systemd.run=/boot/firmware/cuncuntong/firstrun.sh"
RUN: Final = (RUN_SCRIPT, "systemd.run_success_action=reboot", "systemd.unit=kernel-command-line.target")
"""As Raspberry Pi Imager has its own script run on Bookworm; ours takes these words out when it is done."""
_SERIAL_CONSOLE: Final = re.compile(r"console=(?:serial[01]|ttyAMA[0-9]+|ttyS[0-9]+)(?:,.*)?")
_OTHER_SEED: Final = re.compile(r"ds=.*", re.IGNORECASE)
_OTHER_RUN: Final = re.compile(r"systemd\.(?:run|run_success_action|run_failure_action|unit)=.*")
_COUNTRY: Final = "cfg80211.ieee80211_regdom="
_WORD: Final = re.compile(r'(?:"[^"]*"?|[^ \t\r\f\v"])+')
_OURS: Final = re.compile(
    rf"[ ]?(?<!\S)(?:ds=nocloud;i=cuncuntong-[0-9a-z-]+|{re.escape(' '.join(RUN))})"
    rf"(?: {re.escape(_COUNTRY)}[A-Z]{{2}})?(?!\S)"
)
"""What `with_ours` puts at the end, in one piece: the same words elsewhere are somebody else's."""
_QUOTED: Final = "!#$&'()*+,/:;?@[]^`{|}~<>"
"""Stays readable in `cuncuntong.was`; `=`, `%`, blanks and quotation marks do not."""


def with_ours(content: bytes, model: BootModel) -> bytes:
    """Return `cmdline.txt` as the station's first boot needs it: no console on the reader's port, and our seed named.

    Doing it again changes nothing. Raises ProvisionError E-BOOT-02 when it is no Pi's: it names no root.
    """
    line, rest = _line(without_ours(content))
    words = _WORD.findall(line)
    if not any(word.startswith("root=") for word in words) or line.count('"') % 2:
        raise ProvisionError(
            "E-BOOT-02",
            "cmdline.txt names no root, or is cut: not the boot partition of Raspberry Pi OS; write the image first "
            "不是树莓派系统的启动分区，请先写入系统镜像",
            EXIT_VALIDATION,
        )
    ours = _ours(model, words)
    kept = _WORD.sub(lambda found: _was(found[0]) if _must_go(found[0], model) else found[0], line)
    body = kept.rstrip()
    return _joined(" ".join([body, *ours]) + kept[len(body) :], rest)


def without_ours(content: bytes) -> bytes:
    """Return `cmdline.txt` as it was before `with_ours`; whatever others wrote since stays."""
    line, rest = _line(content)
    while (before := _once_without(line)) != line:
        line = before
    return _joined(line, rest)


def _ours(model: BootModel, words: list[str]) -> list[str]:
    ours = [f"ds=nocloud;i={model.instance}"] if model.os == "trixie" else list(RUN)
    if model.wifi and not any(word.startswith(_COUNTRY) for word in words):
        ours.append(f"{_COUNTRY}{model.settings.wifi_country}")
    return ours


def _must_go(word: str, model: BootModel) -> bool:
    """Say whether a word contradicts ours: a console on the reader's port, the splash, another first-boot seed."""
    other = _OTHER_SEED if model.os == "trixie" else _OTHER_RUN
    return word == "splash" or any(rule.fullmatch(word) for rule in (_SERIAL_CONSOLE, other))


def _was(word: str) -> str:
    return WAS + quote(word, safe=_QUOTED, errors="surrogateescape")


def _once_without(line: str) -> str:
    return _WORD.sub(lambda found: _restored(found[0]), _OURS.sub("", line))


def _restored(word: str) -> str:
    """Return what a word was before it had to go; what we would not have written stays."""
    was = unquote(word.removeprefix(WAS), errors="surrogateescape")
    return was if word.startswith(WAS) and "\n" not in was and _WORD.fullmatch(was) else word


def _line(content: bytes) -> tuple[str, str]:
    """Return the kernel's line, and what follows it: the firmware reads the first line alone."""
    text = content.decode("utf-8", "surrogateescape")
    line, newline, rest = text.partition("\n")
    return line, newline + rest


def _joined(line: str, rest: str) -> bytes:
    return (line + rest).encode("utf-8", "surrogateescape")
