"""`hub enrolment …`: certificates of stations, revoking them, and the technician's inventory."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer

from hub.access.chain import Deed
from hub.clock import now_ms
from hub.csv_text import line
from hub.desks.auditing import Doing, change_by_command
from hub.desks.enrolment_exchange import Imported, read_export, take_in
from hub.desks.enrolment_view import Row, hub_view, orphaned, rows
from hub.desks.revoking import restore, revoke, tell_broker
from hub.desks.speaking import county_root
from hub.errors import HubError
from hub.listing import plain, print_table
from hub.local_time import china
from hub.options import AsJson, By, Config, Reason, Station, opened
from hub.settings import Settings
from hub.store.engine import Database
from hub.store.enrolment import EnrolmentReader
from hub.store.enrolment_doubts import DoubtsReader
from hub.store.stations import Village, read_villages
from hub.visits.day import DAY_MS
from wire.durable import write_atomically

STATES: Final = {
    "revoked": "已吊销 revoked",
    "expired": "已过期 expired",
    "due": "待续证 due",
    "live": "有效 valid",
    "open": "标签待用 label unused",
    "lapsed": "标签已失效 label over",
    "none": "未登记 none",
}
HOWS: Final = {"online": "联网 online", "stick": "优盘 stick", "renewal": "续证 renewed", "shown": "站点出示 shown"}
ENDS: Final = {"revoked": "吊销 revoked", "replaced": "已重新登记 replaced", "followed": "已续证 renewed", None: ""}
HEADS: Final = (
    "站点 station", "村 village", "镇 town", "状态 state", "方式 how", "到期 until", "续证 renew", "标签 label",
)  # fmt: skip
CERTIFICATE_HEADS: Final = ("序列号 serial", "方式 how", "签发 issued", "签发者 by", "到期 until", "终止 ended")
ACTS: Final = {"revoked": "吊销", "restored": "恢复", "replaced": "重新登记", "followed": "续证", "added": "优盘补录"}
DOUBTS: Final = {
    "E-ENR-37": "已用过的标签又被另一台机器出示 a used label was shown by another machine",
    "E-ENR-22": "已吊销的站点又来申请 a revoked station asked",
    "E-ENR-27": "已被取代的旧机器又来申请 a machine that was replaced asked",
    "E-ENR-38": "有人出示了笔记本未上报的证书 a certificate was shown that no laptop reported",
    "E-ENR-35": "同一标签在中心和笔记本各用了一次 one label was used at the hub and at a laptop",
}
EXIT_FOUND: Final = 1

app = typer.Typer(help="certificates of stations 站点证书", no_args_is_help=True)


@app.command("list")
def list_(
    config: Config,
    state: Annotated[str | None, typer.Option("--state", help=f"only these: {', '.join(STATES)} 只列此状态")] = None,
    as_json: AsJson = False,
) -> None:
    """List every station with its certificate, and what looks wrong 列出站点证书."""
    if state is not None and state not in STATES:
        raise typer.BadParameter(f"one of 应为其中之一: {', '.join(STATES)}", param_hint="--state")
    at_ms = now_ms()
    with opened(config) as (settings, database):
        found = [one for one in rows(database, _villages(settings), at_ms) if state in {None, one.state}]
        doubts = DoubtsReader(database.reader).unseen()
    orphans = sorted(orphaned(found, settings.enrolment, at_ms))
    if as_json:
        told = {
            "stations": [_object(one) for one in found],
            "doubts": [one._asdict() for one in doubts],
            "orphaned": orphans,
        }
        typer.echo(msgspec.json.encode(told))
        return
    print_table(HEADS, [_row(one, at_ms) for one in found])
    for doubt in doubts:
        said = DOUBTS.get(doubt.code, doubt.code)
        typer.echo(plain(f"请核查 look into: {doubt.station} {said} ×{doubt.times} {_day(doubt.last_ms)}"), err=True)

    for code in orphans:
        typer.echo(f"须换新标签 needs a new label: {code} 签发机构已吊销 its authority was revoked", err=True)


@app.command()
def show(config: Config, station: Station, as_json: AsJson = False) -> None:
    """Show all that is known of one station's labels and certificates 查看一个站点."""
    with opened(config) as (_, database):
        tokens, certificates, steps = EnrolmentReader(database.reader).of_station(station)
        stands = EnrolmentReader(database.reader).standing(station)
    if not (stands.listed or tokens or certificates):
        raise HubError("E-ENR-31", f"{station}: no such station 没有这个站点")
    revoked_ms = stands.revoked_ms
    if as_json:
        told: dict[str, Any] = {
            "station": station,
            "revoked_ms": revoked_ms,
            "tokens": [{name: value for name, value in one._asdict().items() if name != "burnt_key"} for one in tokens],
            "certificates": [one._asdict() for one in certificates],
            "steps": [one._asdict() for one in steps],
        }
        typer.echo(msgspec.json.encode(told))
        return
    if revoked_ms is not None:
        typer.echo(f"{station} 已吊销 revoked {_day(revoked_ms)}")
    print_table(
        CERTIFICATE_HEADS,
        [
            (
                one.serial[:12],
                HOWS[one.how],
                _day(one.issued_ms),
                one.issued_by,
                _day(one.until_ms),
                f"{ENDS[one.ended_why]} {_day(one.ended_ms)}" if one.ended_ms is not None else "",
            )
            for one in certificates
        ],
    )
    for token in tokens:
        used = "" if token.burnt_ms is None else f", {token.burnt_why} {_day(token.burnt_ms)}"
        typer.echo(f"标签 label {token.digest[:8]}: {_day(token.made_ms)} – {_day(token.expires_ms)}{used}")
    for step in steps:
        typer.echo(plain(f"{_day(step.at_ms)} {ACTS[step.act]} {step.act}: {step.who} {step.reason}"))


@app.command("revoke")
def revoke_(config: Config, station: Station, by: By, reason: Reason) -> None:
    """Revoke a station: the hub hears it no more from now on, the broker once its lists are installed 吊销站点证书."""
    _change(config, revoke(station, by, reason, now_ms()), by)
    typer.echo(f"{station} 已吊销 revoked")


@app.command("restore")
def restore_(config: Config, station: Station, by: By, reason: Reason) -> None:
    """Take a revocation back: its certificates count again; an unused label must be printed anew 撤销吊销."""
    _change(config, restore(station, by, reason, now_ms()), by)
    typer.echo(f"{station} 已恢复 restored")


@app.command("import")
def import_(
    config: Config,
    file: Annotated[Path, typer.Argument(help="what 'firmware-config station export' wrote 台账导出文件")],
    by: By,
    update_list: Annotated[
        bool, typer.Option("--update-list", help="bring the hub's list of villages to it as well 同时更新村居名单")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take in labels, and certificates that laptops issued; again it changes nothing 导入技术员台账."""
    at_ms = now_ms()
    with opened(config) as (settings, database):
        listed, root = _villages(settings), county_root(settings)
        export = read_export(file, settings.county)
        deed = Deed("certificate.import", f"{len(export.tokens)} labels, {len(export.issued)} certificates")
        imported = change_by_command(
            settings, database, by, lambda connection: take_in(connection, export, listed, root, at_ms), deed
        )
        _tell(settings, database)
        if update_list:
            _update_list(Path(settings.stations_file), listed, imported)
    if as_json:
        typer.echo(msgspec.json.encode(imported))
    else:
        _say(imported, update_list=update_list)
    if imported.twice or imported.refused or imported.revoked:
        raise typer.Exit(EXIT_FOUND)


@app.command("export")
def export_(config: Config, file: Annotated[Path, typer.Argument(help="new file 新文件")]) -> None:
    """Write how the hub sees every station, for 'firmware-config station import --from-hub' 导出中心视图."""
    with opened(config) as (settings, database):
        view = hub_view(database, settings.county, _villages(settings), now_ms())
    try:
        write_atomically(file, msgspec.json.encode(view), mode=0o640)
    except OSError as error:
        raise HubError("E-ENR-43", f"{file}: cannot be written 无法写入: {error.strerror}") from None
    typer.echo(f"{file}: {len(view.stations)} 站 stations")


def _change(config: Path, doing: Doing, by: str) -> None:
    with opened(config) as (settings, database):
        change_by_command(settings, database, by, *doing)
        _tell(settings, database)


def _tell(settings: Settings, database: Database) -> None:
    if (trouble := tell_broker(settings.enrolment, database, now_ms())) != "":
        typer.echo(plain(trouble), err=True)


def _villages(settings: Settings) -> list[Village]:
    return read_villages(Path(settings.stations_file), settings.county)


def _update_list(path: Path, listed: Sequence[Village], imported: Imported) -> None:
    """Add what the inventory has more, and call villages as it does; none is taken away."""
    if not imported.unlisted and not imported.renamed:
        return
    merged = {one.code: one for one in (*listed, *imported.renamed, *imported.unlisted)}
    text = line(("code", "name", "town")) + "".join(line(merged[code]) for code in sorted(merged))
    try:
        write_atomically(path, text.encode(), mode=path.stat().st_mode & 0o777)
    except OSError as error:
        raise HubError("E-ENR-43", f"{path}: cannot be written 无法写入: {error.strerror}") from None
    typer.echo("the list was brought up to date: restart the hub 名单已更新，请重启中心", err=True)


def _say(imported: Imported, *, update_list: bool) -> None:
    typer.echo(
        f"标签 labels +{imported.tokens}, 替换 replaced {imported.replaced};"
        f" 优盘证书 by stick +{imported.certificates}, 标签作废 burnt {imported.burnt}; 终止 ended {imported.ended}"
    )
    for station in imported.twice:
        typer.echo(f"请核查 look into: {station} {DOUBTS['E-ENR-35']}", err=True)
    for station in imported.revoked:
        typer.echo(f"请核查 look into: {station} 吊销后又由优盘签发 issued by stick although revoked", err=True)
    for refused in imported.refused:
        typer.echo(f"不是本县证书，未采用 not of this county, left out: {refused}", err=True)
    if not update_list:
        for village in imported.unlisted:
            typer.echo(plain(f"不在中心名单 not in the hub's list: {village.code} {village.name}"), err=True)
        for village in imported.renamed:
            typer.echo(plain(f"名称不同 called otherwise: {village.code} {village.town} {village.name}"), err=True)
        if imported.unlisted or imported.renamed:
            typer.echo("--update-list 可更新名单 brings the list up to date", err=True)
    if imported.missing:
        typer.echo(f"台账中没有 not in the inventory: {len(imported.missing)} 站 stations", err=True)


def _day(at_ms: int) -> str:
    """Return a day of the county: certificates last for years."""
    return f"{china(at_ms):%Y-%m-%d}"


def _row(one: Row, at_ms: int) -> tuple[str, ...]:
    certificate, half = one.certificate, one.half_ms
    label = ""
    if one.token is not None:
        left = max(0, one.token.expires_ms - at_ms) // DAY_MS
        label = f"{one.token.burnt_why}" if one.token.burnt_ms is not None else f"{left} 天 days"
    return (
        one.code,
        one.name,
        one.town,
        STATES[one.state],
        "" if certificate is None else HOWS[certificate.how],
        "" if certificate is None else _day(certificate.until_ms),
        "" if half is None else _day(half),
        label,
    )


def _object(one: Row) -> dict[str, object]:
    certificate, token = one.certificate, one.token
    return {
        "station": one.code,
        "name": one.name,
        "town": one.town,
        "state": one.state,
        "how": certificate and certificate.how,
        "serial": certificate and certificate.serial,
        "until_ms": certificate and certificate.until_ms,
        "renew_ms": one.half_ms,
        "label_until_ms": token and token.expires_ms,
        "label_burnt": token and token.burnt_why,
        "revoked_ms": one.revoked_ms,
    }
