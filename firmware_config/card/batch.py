"""One card after the other: whose comes next, waiting for it, going on after failures, and what is left in the end."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from firmware_config.card.devices import Machine, cards, look_at, unmount, why_not
from firmware_config.card.target import Target
from firmware_config.errors import ProvisionError, of_disk
from firmware_config.inventory.entry import Entry
from wire.errors import WireError
from wire.settings import SettingsError


class Outcome(NamedTuple):
    """What became of a batch; a rerun does what is left."""

    written: list[str]
    skipped: list[str]
    """Their cards hold the current bundle already."""
    failed: list[tuple[str, str]]
    """With why, code first."""
    stopped: bool = False
    """By the technician (Ctrl-C): the rest was not tried."""


def run_batch(
    entries: Sequence[Entry],
    slot: "Reader",
    write: Callable[[Entry, Target], None],
    tell: Callable[[str], None],
) -> Outcome:
    """Write a card for each entry that has no current one; a card that fails does not stop the others."""
    skipped = [entry.code for entry in entries if entry.has_current_card]
    todo = [entry for entry in entries if not entry.has_current_card]
    written: list[str] = []
    failed: list[tuple[str, str]] = []
    for place, entry in enumerate(todo, start=1):
        tell(f"[{place}/{len(todo)}] 下一张 next: {entry.code} {entry.town} {entry.name} — 请插卡 insert its card")
        try:
            target = slot.wait_for_card()
            why = _written(entry, target, write)
            if why:
                failed.append((entry.code, why))
                tell(f"✗ {entry.code}: {why}")
                tell("  请取出此卡；本站下次运行时再写 take it out; this station's turn is at the next run")
            else:
                written.append(entry.code)
                tell(f"✓ {entry.code} — 可拔卡，请写上站名 take it out and write the village on it")
            if place < len(todo):
                slot.wait_for_removal(target)
        except KeyboardInterrupt:
            tell("已停止，再次运行从此处继续 stopped: run it again to go on from here")
            return Outcome(written, skipped, failed, stopped=True)
    return Outcome(written, skipped, failed)


def _written(entry: Entry, target: Target, write: Callable[[Entry, Target], None]) -> str:
    """Write one card; return why it failed, "" when it did not."""
    try:
        write(entry, target)
    except (ProvisionError, WireError, SettingsError) as error:
        return str(error)
    except OSError as error:
        return of_disk(error, target.path)
    return ""


class Reader:
    """A reader of this machine: the one named, or whichever gets a card."""

    def __init__(
        self,
        machine: Machine,
        named: Path | None,
        pause: Callable[[], None],
        tell: Callable[[str], None],
        *,
        may_unmount: bool = False,
    ) -> None:
        """Look again after each `pause`; `tell` hears why a card that is there cannot be taken."""
        self._machine = machine
        self._named = named
        self._pause = pause
        self._tell = tell
        self._may_unmount = may_unmount

    def wait_for_card(self) -> Target:
        """Return the next card, once it is there and may be written.

        Without a named reader, what is in one already does not count: only a card that is put in.
        """
        before = set() if self._named is not None else set(cards(self._machine))
        told = ""
        while True:
            here = [self._named] if self._named is not None else sorted(set(cards(self._machine)) - before)
            before &= set(cards(self._machine)) if self._named is None else before
            for path in here:
                try:
                    return self._taken(path)
                except ProvisionError as error:
                    if error.code != "E-DISK-01" and str(error) != told:
                        told = str(error)
                        self._tell(told)
            self._pause()

    def wait_for_removal(self, target: Target) -> None:
        """Return once that card is gone."""
        while self._is_there(target):
            self._pause()

    def _taken(self, path: Path) -> Target:
        if path.is_dir():
            if not (path / "config.txt").exists():
                raise ProvisionError("E-DISK-01", f"{path}: no card yet 尚未插卡")
            return Target(path)
        device = look_at(path, self._machine)
        if device.is_file:
            raise ProvisionError("E-DISK-12", f"{path}: a file, not a card 这是文件，不是存储卡")
        if device.removable and device.mounted and self._may_unmount:
            unmount(device)
            device = look_at(path, self._machine)
        if (refusal := why_not(device)) is not None:
            raise refusal
        return Target(device.path, device)

    def _is_there(self, target: Target) -> bool:
        if target.device is None:
            return (target.path / "config.txt").exists()
        try:
            look_at(target.path, self._machine)
        except ProvisionError:
            return False
        return True
