"""`station doctor`: is everything of this station as it should be, on site."""

from pathlib import Path
from typing import Annotated

import typer


def doctor(
    config: Annotated[Path, typer.Option("--config", help="settings file of this station 本站设置文件 (TOML)")],
) -> None:
    """Look at every part of this station and say what to do 现场体检."""
