"""Figures beside their targets, as a table for people and as JSON for comparing."""

import datetime as dt
import json
import os
import platform
from pathlib import Path
from typing import NamedTuple


class Figure(NamedTuple):
    """One measured figure. `target` None is for information."""

    name: str
    measured: float
    unit: str
    target: float | None
    how: str

    @property
    def met(self) -> bool:
        """Say whether it is within its target: all of ours are upper limits."""
        return self.target is None or self.measured <= self.target


def printed(figures: list[Figure]) -> str:
    """Return a Markdown table."""
    lines = ["| figure | target | measured | met | how |", "|---|---|---|---|---|"]
    for figure in figures:
        target = "-" if figure.target is None else f"≤ {figure.target:g} {figure.unit}"
        met = "" if figure.target is None else ("yes" if figure.met else "**missed**")
        lines.append(f"| {figure.name} | {target} | {figure.measured:.4g} {figure.unit} | {met} | {figure.how} |")
    return "\n".join(lines)


def kept(figures: list[Figure], folder: Path) -> Path:
    """Write the figures with the machine they were measured on; return the file."""
    folder.mkdir(exist_ok=True)
    now = dt.datetime.now(dt.UTC)
    file = folder / f"{now:%Y%m%dT%H%M%S}.json"
    machine = {"cores": os.cpu_count(), "machine": platform.machine(), "python": platform.python_version()}
    content = {"at": now.isoformat(), "machine": machine, "figures": [figure._asdict() for figure in figures]}
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    return file
