"""A station's files onto a boot partition, in an order that a cut at any instant cannot make a wrong card of.

The bundle comes last, and an old one goes first: a card that has a bundle has all that belongs to it. Running again
finishes; what is there already is not written again.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from firmware_config.boot.model import OUR_FOLDER, system_of
from firmware_config.boot.seed import BEFORE, CLOUD_INIT, CMDLINE, CONFIG, EDITED, FIRSTRUN, boot_files, is_ours, undone
from firmware_config.card.content import BUNDLE, TOKEN, Content
from firmware_config.card.place import Place
from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_VALIDATION
from station.firstboot.card_secrets import holds_secret

ISSUE: Final = "issue.txt"
_LOG: Final = f"{OUR_FOLDER}/firstrun.log"
_TEXT: Final = {"absent": "缺少", "differs": "不符"}


class Step(NamedTuple):
    """One file to be put, changed or left, and why."""

    path: str
    what: str
    """`add`, `change`, `keep`, `remove`."""
    content: bytes | None


def plan(place: Place, content: Content) -> list[Step]:
    """Return what writing would do to the partition, in its order; nothing is changed.

    Raises ProvisionError E-BOOT-02 or E-DISK-04 (no Pi's boot partition), E-DISK-10 (another system than planned).
    """
    files = _boot_files(place, content)
    steps: list[Step] = []
    there = {path: place.read(path) for path in (*files, BUNDLE, TOKEN)}
    whole = there[BUNDLE] == content.bundle and all(there[path] == files[path] for path in files)
    if there[BUNDLE] is not None and not whole:
        steps.append(Step(BUNDLE, "remove", None))
        there[BUNDLE] = None
    for name in CLOUD_INIT:
        kept, now = f"{BEFORE}/{name}", there.get(name)
        if name in files and now is not None and not is_ours(now) and place.read(kept) is None and not _secret(now):
            steps.append(Step(kept, "add", now))
    steps += [_step(path, there[path], wanted) for path, wanted in files.items()]
    if content.token:
        steps.append(_step(TOKEN, there[TOKEN], f"{content.token}\n".encode()))
    elif there[TOKEN] is not None:
        steps.append(Step(TOKEN, "remove", None))
    return [*steps, _step(BUNDLE, there[BUNDLE], content.bundle)]


def put(place: Place, content: Content, tell: Callable[[str], None] = lambda _: None) -> list[Step]:
    """Make the partition the station's; return what was done. Each file is read back as it is written.

    Raises what `plan` raises, ProvisionError E-DISK-06 when the card does not hold what was written.
    """
    steps = plan(place, content)
    for step in steps:
        if step.what == "keep":
            continue
        tell(step.path)
        if step.content is None:
            place.remove(step.path)
        else:
            place.write(step.path, step.content)
    flaws = flaws_of(place, content)
    if flaws:
        raise ProvisionError("E-DISK-06", f"{', '.join(flaws)}; take another card 写入后核对不符，请换卡")
    return steps


def flaws_of(place: Place, content: Content) -> list[str]:
    """Return what of a station's card is not as it must be, each with its path; empty when all is.

    A token is no flaw of a card that should have none: first boot removes it. It is told by `token_left`.
    """
    try:
        files = {**_boot_files(place, content), BUNDLE: content.bundle}
    except ProvisionError as error:
        return [str(error)]
    there = {path: place.read(path) for path in files}
    wrong = {path: "absent" if there[path] is None else "differs" for path in files if there[path] != files[path]}
    return [f"{path}: {why} {_TEXT[why]}" for path, why in wrong.items()]


def token_left(place: Place) -> bool:
    """Say whether a token lies on the card in clear."""
    return place.read(TOKEN) is not None


def undo(place: Place) -> list[str]:
    """Make the partition what it was before; return what was changed. The bundle goes first, our memory of it last.

    Raises ProvisionError E-DISK-13 when nothing of ours is on it.
    """
    names = place.names()
    edited = {name: content for name in EDITED if (content := place.read(name)) is not None}
    changes: dict[str, bytes | None] = dict.fromkeys(path for path in (BUNDLE, TOKEN) if path in names)
    changes |= {name: content for name, content in undone(edited).items() if content != edited[name]}
    for name in CLOUD_INIT:
        before, now = place.read(f"{BEFORE}/{name}"), place.read(name)
        if now is not None and is_ours(now):
            changes[name] = before
    memory = sorted(name for name in names if name.startswith(f"{BEFORE}/"))
    changes |= dict.fromkeys([*(path for path in (FIRSTRUN, _LOG) if path in names), *memory])
    if not changes:
        raise ProvisionError("E-DISK-13", "nothing of ours is on it 卡上没有可撤销的内容", EXIT_VALIDATION)
    for path, content in changes.items():
        if content is None:
            place.remove(path)
        else:
            place.write(path, content)
    return list(changes)


def _boot_files(place: Place, content: Content) -> dict[str, bytes]:
    """Return the boot files as they must be, by what is on the card. Raises what `plan` raises."""
    config, cmdline = place.read(CONFIG), place.read(CMDLINE)
    if config is None or cmdline is None:
        raise ProvisionError(
            "E-DISK-04",
            "no config.txt and cmdline.txt: not the boot partition of Raspberry Pi OS; write the image first "
            "不是树莓派系统的启动分区，请先写入系统镜像",
            EXIT_VALIDATION,
        )
    _same_system(place, content, cmdline)
    return boot_files(content.model, config, cmdline)


def _secret(seed: bytes) -> bool:
    """Say whether a seed that Imager wrote holds a password: such a one is replaced, and not kept for `undo`."""
    return holds_secret(seed.decode("utf-8", "surrogateescape"))


def _step(path: str, there: bytes | None, wanted: bytes) -> Step:
    return Step(path, "add" if there is None else "keep" if there == wanted else "change", wanted)


def _same_system(place: Place, content: Content, cmdline: bytes) -> None:
    """Refuse a card with another system than the inventory plans: the other's seed would do nothing."""
    names = {name for name in ("user-data", "meta-data") if (now := place.read(name)) is not None and not is_ours(now)}
    issue = place.read(ISSUE) or b""
    line = cmdline.decode("utf-8", "replace")
    system = system_of(frozenset(names), "" if "i=cuncuntong-" in line else line, issue.decode("utf-8", "replace"))
    if system is not None and system != content.model.os:
        raise ProvisionError(
            "E-DISK-10",
            f"the card has {system}, the inventory plans {content.model.os}: take the other image, or "
            f"'firmware-config station set {content.entry.code} os={system}' 系统版本与清单不符",
            EXIT_VALIDATION,
        )
