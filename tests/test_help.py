"""Every command of ours can say what it is for."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer

from tests.commands import APPS


def commands(program: str) -> Iterator[tuple[str, Any]]:
    """Yield every command and group of a program with its whole name."""

    def below(name: str, command: Any) -> Iterator[tuple[str, Any]]:
        yield name, command
        for word, inner in getattr(command, "commands", {}).items():
            yield from below(f"{name} {word}", inner)

    yield from below(program, typer.main.get_command(APPS[program]))


@pytest.mark.parametrize("program", APPS)
def test_every_command_says_what_it_is_for_in_both_languages(program: str, capsys: pytest.CaptureFixture[str]) -> None:
    silent = []
    for name, command in commands(program):
        command.get_help(command.make_context(name, [], resilient_parsing=True))
        told = capsys.readouterr().out + (command.help or "")
        if not command.hidden and not any("\u4e00" <= sign <= "\u9fff" for sign in told):
            silent.append(name)
    assert silent == []
