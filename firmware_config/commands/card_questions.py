"""What a technician is asked before a card is written: whose it is, and for its label."""

import datetime as dt
import sys

import typer

from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_VALIDATION
from firmware_config.inventory.entry import Entry


def confirm(entry: Entry, given: str | None, *, short: bool = False) -> None:
    """Ask for the station's code, or its label by a scanner; in a batch its last six digits will do.

    Raises ProvisionError E-DISK-09 when anything else is typed.
    """
    from firmware_config.card.content import label_names

    if given is None:
        wanted = f"末六位 last six of {entry.code}" if short else f"站点编码 station code of {entry.name}"
        given = _typed(f"输入{wanted}，或扫描其标签 or scan its label").strip()
    if not (label_names(given, entry.code) or (short and given == entry.code[-6:])):
        raise _not_confirmed(entry.code)


def ask(prompt: str, answers: set[str]) -> None:
    """Ask once for a whole batch. Raises ProvisionError E-DISK-09."""
    if _typed(prompt).strip() not in answers:
        raise _not_confirmed("batch")


def token_of_label(entry: Entry) -> str:
    """Ask for the label; what is typed is not shown, and goes nowhere but onto the card.

    Raises ProvisionError E-DISK-11, WireError E-ENR-01, E-ENR-02.
    """
    from firmware_config.card.content import scanned

    return scanned(
        _typed(f"扫描或输入 {entry.name} 的标签 scan or type its label", hidden=True), entry, dt.datetime.now(dt.UTC)
    )


def _typed(prompt: str, *, hidden: bool = False) -> str:
    """Return a line of the terminal, or of a pipe; "" at its end."""
    if sys.stdin.isatty():
        return str(typer.prompt(prompt, hide_input=hidden, default="", show_default=False, err=True))
    typer.echo(prompt, err=True)
    return sys.stdin.readline().strip()


def tell(text: str) -> None:
    """Say something that is no data."""
    typer.echo(text, err=True)


def _not_confirmed(what: str) -> ProvisionError:
    return ProvisionError(
        "E-DISK-09", f"{what}: not confirmed; nothing was written 未确认，未写入任何内容", EXIT_VALIDATION
    )
