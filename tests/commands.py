"""Looks up a command line of ours in the commands themselves, for documents and units that name some."""

from collections.abc import Sequence
from typing import Any

import typer

from firmware_config.__main__ import app as firmware_config_app
from hub.__main__ import app as hub_app
from station.__main__ import app as station_app

APPS = {"station": station_app, "hub": hub_app, "firmware-config": firmware_config_app}


def why_not(words: Sequence[str]) -> str | None:
    """Return why the command line `words` (program first, without its path) cannot be, or None."""
    program, *rest = words
    command: Any = typer.main.get_command(APPS[program])
    names = [program]
    while rest and hasattr(command, "commands") and not rest[0].startswith("-"):
        if rest[0] not in command.commands:
            return f"`{' '.join(names)}` has no command `{rest[0]}`"
        names.append(rest[0])
        command = command.commands[rest.pop(0)]
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    for word in rest:
        option = word.partition("=")[0]
        if option.startswith("--") and option not in known | {"--help"}:
            return f"`{' '.join(names)}` has no option `{option}`"
    return None
