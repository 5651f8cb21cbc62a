"""A county that signs, and `firmware-config release` as a command."""

import datetime as dt
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from firmware_config.commands.release import CHECKOUT, app
from firmware_config.errors import ProvisionError
from firmware_config.identity.authority import CountyCa
from firmware_config.identity.signer import make_signer

MADE_S = 1_795_860_000
"""2026-11-28: when the commit was made, so to say."""

__all__ = ["CHECKOUT", "make_folder", "release_command"]


def make_folder(folder: Path) -> None:
    at = dt.datetime.fromtimestamp(MADE_S, dt.UTC)
    CountyCa.create("999999", at).save(folder)
    make_signer(folder, at)


def release_command(*words: object, folder: Path) -> tuple[int, str, str]:
    """Return exit code, output and errors of `firmware-config release …`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "SOURCE_DATE_EPOCH", str(MADE_S))
        ran = CliRunner().invoke(app, [*map(str, words), "--folder", str(folder)])
    if isinstance(ran.exception, ProvisionError):
        return ran.exception.exit_code, ran.stdout, str(ran.exception)
    return ran.exit_code, ran.stdout, ran.stderr
