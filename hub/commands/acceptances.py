"""`hub acceptance …`: what technicians' acceptance records say."""

from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer

from hub.access.caller import by_command
from hub.clock import now_ms
from hub.desks.accepting import AcceptanceDesk
from hub.desks.auditing import COMMAND, audit_log
from hub.errors import HubError
from hub.listing import moment, plain, print_table
from hub.options import AsJson, By, Config, code, opened
from hub.store.acceptances import AcceptancesReader, Accepted
from hub.store.engine import Database, StoreError
from wire.acceptance import MAX_BYTES, FiledReply, Read, Verdict, read_filed
from wire.enrolment import SignedMessage

HEADS: Final = (
    "编号 no", "站点 station", "结论 verdict", "安装人员 by", "见证 witness", "出具 made", "归档 filed",
)  # fmt: skip
VERDICTS: Final[dict[Verdict, str]] = {
    "accepted": "合格 accepted",
    "conditional": "有条件合格 conditional",
    "refused": "不合格 refused",
}
STATES: Final = {"ok": "正常 ok", "warn": "注意 warn", "bad": "故障 bad", "skipped": "未查 skipped"}
Number = Annotated[int, typer.Argument(min=1, help="as `hub acceptance list` says 编号")]

app = typer.Typer(help="acceptance records 验收单", no_args_is_help=True)


@app.command("list")
def list_acceptances(
    config: Config,
    station: Annotated[str | None, typer.Option("--station", help="of this one only 只看此站", callback=code)] = None,
    newest: Annotated[bool, typer.Option("--newest", help="the last of each station 各站最近一份")] = False,
    as_json: AsJson = False,
) -> None:
    """List acceptance records, the newest first 验收单清单."""
    with opened(config) as (_, database):
        reader = AcceptancesReader(database.reader)
        found = reader.listed(station)
        if newest:
            last = reader.newest()
            found = [one for one in found if last[one.station].id == one.id]
    if as_json:
        typer.echo(msgspec.json.encode([one._asdict() for one in found]))
        return
    print_table(HEADS, [_row(one) for one in found])


@app.command()
def show(config: Config, number: Number, as_json: AsJson = False) -> None:
    """Show one record with everything that was found 查看验收单."""
    with opened(config) as (_, database):
        accepted, read = _found(database, number)
    if as_json:
        whole: dict[str, Any] = msgspec.to_builtins(read.record)
        whole["pictures"] = [one.camera for one in read.record.pictures]
        typer.echo(msgspec.json.encode({"number": number, "digest": read.digest, **whole}))
        return
    print_table(HEADS, [_row(accepted)])
    rows = [
        (one.check, one.subject, STATES[one.state], f"{one.zh} {one.en}", f"{one.code or ''} {one.next_zh}".strip())
        for one in read.record.findings
    ]
    print_table(("项目 check", "对象", "结果 state", "所见 found", "下一步 next step"), rows)
    if read.record.note:
        typer.echo(f"备注 remarks: {plain(read.record.note)}")


@app.command()
def export(
    config: Config,
    number: Number,
    to: Annotated[Path, typer.Argument(metavar="PDF", help="file to write 输出文件")],
) -> None:
    """Write one record's paper as a file, never over another 导出 PDF."""
    with opened(config) as (_, database):
        _, read = _found(database, number)
    try:
        with to.open("xb") as file:
            file.write(read.paper)
    except OSError as error:
        raise HubError(
            "E-FILED-06", f"{to}: cannot be written, or is there already 无法写入，或文件已存在: {error.strerror}"
        ) from None
    typer.echo(f"{to} {len(read.paper)} bytes")


@app.command()
def file(
    config: Config,
    by: By,
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="from a technician's stick 优盘上的文件")],
    as_json: AsJson = False,
) -> None:
    """File records that came by USB stick; one that is here already stays as it is 归档优盘上的验收单."""
    done: list[FiledReply] = []
    failed: HubError | None = None
    with opened(config) as (settings, database):
        desk = AcceptanceDesk(settings, database, audit_log(settings, database), now_ms)
        for path in files:
            answer = desk.file(_content(path), COMMAND, by_command(by))
            if isinstance(answer.said, FiledReply):
                done.append(answer.said)
            elif answer.status == 503:
                raise StoreError(answer.said.code, answer.said.what)
            else:
                failed = failed or HubError(answer.said.code, f"{path}: {answer.said.what}")
    if as_json:
        typer.echo(msgspec.json.encode(done))
    else:
        for one in done:
            typer.echo(f"{one.station} {one.digest[:12]}: 已归档 filed")
    if failed is not None:
        raise failed


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as opened_file:
            return opened_file.read(MAX_BYTES + 1)
    except OSError as error:
        raise HubError("E-FILED-07", f"{path}: cannot be read 无法读取文件: {error.strerror}") from None


def _found(database: Database, number: int) -> tuple[Accepted, Read]:
    found = AcceptancesReader(database.reader).find(number)
    if found is None:
        raise HubError("E-FILED-05", f"{number}: no such acceptance record 没有这份验收单，见 `hub acceptance list`")
    accepted, message = found
    return accepted, read_filed(msgspec.json.decode(message, type=SignedMessage).payload)


def _row(one: Accepted) -> tuple[str, ...]:
    where = f"{one.station} {one.town} {one.name}"
    return str(one.id), where, VERDICTS[one.verdict], one.by, one.witness, moment(one.made_ms), moment(one.filed_ms)
