"""`firmware-config stick …`: enrolment without a network, by USB stick."""

import datetime as dt
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from firmware_config import journal
from firmware_config.commands.county_folder import HERE, AsJson, CountyFolder, DryRun, table
from firmware_config.commands.progress import progress
from firmware_config.exits import EXIT_CHANGES_PENDING, EXIT_TRUST
from firmware_config.laptop import Laptop
from firmware_config.stick import Answered, answers, judged, prepare, requests_on

app = typer.Typer(help="USB sticks 优盘", no_args_is_help=True)

SCHEMA: Final = 1
Stick = Annotated[Path, typer.Argument(help="where the stick is 优盘目录")]


@app.command("prepare")
def prepare_(stick: Stick, folder: CountyFolder = HERE) -> None:
    """Write this laptop's invitation onto a stick, to be taken to stations 制作优盘."""
    now = dt.datetime.now(dt.UTC)
    laptop = Laptop.open(folder, now)
    journal.record(folder, "stick.prepare", [{"key": laptop.unseal.key}], now)
    typer.echo(prepare(stick, laptop))
    until = laptop.issuer.certificate.not_valid_after_utc
    typer.echo(f"good until 有效至 {until:%Y-%m-%d}", err=True)


@app.command("sign")
def sign(
    stick: Stick,
    folder: CountyFolder = HERE,
    as_json: AsJson = False,
    dry_run: DryRun = False,
) -> None:
    """Answer every request on the stick: a certificate, or why not; exit 6 when any was refused 签发优盘上的申请."""
    now = dt.datetime.now(dt.UTC)
    laptop = Laptop.open(folder, now)
    if dry_run:
        _show(judged(stick, laptop, now), as_json=as_json)
        raise typer.Exit(EXIT_CHANGES_PENDING)
    with progress("sign 签发", len(requests_on(stick))) as tell:
        decided = answers(stick, laptop, now, tell)
    _show(decided, as_json=as_json)
    if any(one.refusal is not None for one in decided):
        raise typer.Exit(EXIT_TRUST)


def _show(decided: list[Answered], *, as_json: bool) -> None:
    if as_json:
        rows = [
            {
                "station": one.station,
                "serial": one.serial,
                "until": None if one.until is None else one.until.isoformat(),
                "again": one.again,
                "refusal": one.refusal,
            }
            for one in decided
        ]
        typer.echo(msgspec.json.encode({"schema": SCHEMA, "answers": rows}).decode())
        return
    if not decided:
        typer.echo("no request on the stick; ask at a station first 优盘上没有申请，请先在站点上申请", err=True)
        return
    lines = [[one.station, *_words(one)] for one in decided]
    typer.echo(table(["station 站点", "answer 结果", "next step 下一步"], lines))


def _words(one: Answered) -> tuple[str, str]:
    if one.refusal is not None:
        return f"refused 拒绝 {one.refusal.code}", one.refusal.what
    again = "the same again 再次给出" if one.again else "signed 已签发"
    until = "" if one.until is None else f"renew on line before 请在此前联网换证 {one.until:%Y-%m-%d}"
    return again, until
