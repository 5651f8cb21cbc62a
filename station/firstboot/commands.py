"""`station firstboot` and `station setup-screen`: from a written card to a station."""

from pathlib import Path
from typing import Annotated

import typer

Root = Annotated[Path, typer.Option("--root", help="folder that stands for / 代替根目录的文件夹", hidden=True)]


def firstboot(root: Root = Path("/")) -> None:
    """Verify, install and enrol this station; safe to be cut and run again 首次启动."""


def setup_screen(root: Root = Path("/")) -> None:
    """Show how far first boot is, and take the label 开通界面."""
