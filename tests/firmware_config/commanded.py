"""`firmware-config` run in this process, as a technician runs it."""

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from firmware_config.__main__ import main


class Told(NamedTuple):
    """What a command ended with, and said."""

    code: int
    out: str
    err: str


Run = Callable[..., Told]


def runner(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path | None = None) -> Run:
    """Return what runs a command, in the county of `folder` where it is not named."""
    if folder is not None:
        monkeypatch.setenv("CUNCUNTONG_COUNTY", str(folder))

    def run(*arguments: object, given: str = "") -> Told:
        monkeypatch.setattr(sys, "argv", ["firmware-config", *(str(argument) for argument in arguments)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(given))
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return Told(int(ended.value.code or 0), told.out, told.err)

    return run
