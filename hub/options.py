"""What the hub's commands have in common: their options, and the database they work on."""

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer

from hub.desks.ordering import MOST_REASON, MOST_WHO
from hub.local_time import length_ms
from hub.settings import Settings
from hub.store.engine import Database
from wire.settings import load_settings

CODE: Final = re.compile(r"[A-Za-z0-9_./-]{1,40}")


def line(most: int) -> Callable[[str], str]:
    """Return what checks an option of one line of 1 to `most` characters."""

    def checked(value: str) -> str:
        if not value.strip() or len(value) > most or not value.isprintable():
            raise typer.BadParameter(f"1 to {most} characters 应为 1 到 {most} 个字符")
        return value.strip()

    return checked


def one_of(names: Collection[str]) -> Callable[[str | None], str | None]:
    """Return what checks an option that is one of these names, or not given."""

    def checked(value: str | None) -> str | None:
        if value is not None and value not in names:
            raise typer.BadParameter(f"one of 应为其中之一: {', '.join(names)}")
        return value

    return checked


def code(value: str | None) -> str | None:
    """Return a stable code as it was given.

    Raises typer.BadParameter when it cannot be one.
    """
    if value is not None and not CODE.fullmatch(value):
        raise typer.BadParameter("letters, digits and _./- only 只能是字母、数字与 _./-")
    return value


def span_ms(since: str) -> int:
    """Return a length of time such as 90s, 30m, 24h or 7d.

    Raises typer.BadParameter for anything else.
    """
    span = length_ms(since)
    if span is None:
        raise typer.BadParameter("a number and s, m, h or d, e.g. 24h 应为数字加 s、m、h 或 d", param_hint="--since")
    return span


Config = Annotated[Path, typer.Option("--config", help="settings file of this hub 中心设置文件 (TOML)")]
Station = Annotated[str, typer.Argument(help="12-digit code of the station 站点编码", callback=code)]
By = Annotated[str, typer.Option("--by", help="who asks: a name, kept 申请人姓名，留档", callback=line(MOST_WHO))]
Reason = Annotated[str, typer.Option("--reason", help="why, kept 事由，留档", callback=line(MOST_REASON))]
Since = Annotated[str, typer.Option("--since", help="how far back: 90s, 30m, 24h, 7d 多久以来")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of lines 输出 JSON")]


@contextmanager
def opened(config: Path) -> Iterator[tuple[Settings, Database]]:
    """Give the hub's settings and its database, closed at the end.

    Raises SettingsError, StoreError.
    """
    settings = load_settings(config, Settings)
    database = Database(settings.database)
    try:
        yield settings, database
    finally:
        database.stop()
