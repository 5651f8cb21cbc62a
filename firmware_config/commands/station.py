"""`firmware-config station …`: the inventory of stations."""

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer

from firmware_config.commands.county_folder import HERE, CountyFolder, table
from firmware_config.commands.station_secrets import camera_secret, wifi_
from firmware_config.county import Village, villages_csv
from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_CHANGES_PENDING, EXIT_VALIDATION
from firmware_config.inventory.entry import STATES, Entry, state_of, utc_ms
from firmware_config.inventory.exchange import export_of, take_in
from firmware_config.inventory.inventory import Inventory
from firmware_config.inventory.planning import Plan, cells_of
from firmware_config.inventory.reading import planned, read_file, read_hub_view, typed
from firmware_config.inventory.showing import SCHEMA, STATE_WORDS, Need, as_json, as_lines, edit_lines, needs_of
from firmware_config.inventory.spreadsheet import COLUMNS, TEMPLATE_ROWS, Sheet, sheet_of, tidy_code
from firmware_config.inventory.storage import FILE
from wire.durable import write_atomically
from wire.topics import county_of

app = typer.Typer(help="the stations 村级站点", no_args_is_help=True)
app.command("wifi")(wifi_)
app.command("camera-secret")(camera_secret)

AsJson = Annotated[bool, typer.Option("--json", help="for programs 供程序读取")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="show what would change; exit 10 if anything 只显示变化")]
Values = Annotated[
    list[str] | None, typer.Argument(help="column=value, as in the sheet; see 'station template' 列名=值")
]


@app.command("template")
def template(out: Annotated[Path | None, typer.Option(help="file to write 写入文件")] = None) -> None:
    """Print a sheet to fill in, with two examples; UTF-8 with a mark, as Excel wants it 导出待填表格."""
    _give(sheet_of(TEMPLATE_ROWS), out)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV, or what the hub exported 表格或中心导出的文件")],
    folder: CountyFolder = HERE,
    from_hub: Annotated[bool, typer.Option("--from-hub", help="FILE is of 'hub enrolment export' 中心导出")] = False,
    dry_run: DryRun = False,
) -> None:
    """Take in a sheet of stations, all of it or nothing 导入站点表格."""
    inventory = Inventory.open(folder)
    if from_hub:
        _from_hub(inventory, file, dry_run=dry_run)
        return
    sheet = read_file(file)
    if sheet.ignored:
        typer.echo(f"columns left out 未采用的列: {', '.join(sheet.ignored)}", err=True)
    _carry_out(inventory, file, sheet, f"import {file.name}", dry_run=dry_run)


@app.command("add")
def add(
    code: Annotated[str, typer.Argument(help="12-digit code, -2 for a second kiosk 站点编码")],
    name: Annotated[str, typer.Option(help="the village 村名")],
    town: Annotated[str, typer.Option(help="its town 镇名")],
    values: Values = None,
    folder: CountyFolder = HERE,
    dry_run: DryRun = False,
) -> None:
    """Add one station 新增站点."""
    inventory = Inventory.open(folder)
    code = tidy_code(code)
    if code in {entry.code for entry in inventory.all()}:
        told = "is in the inventory already; a second kiosk of the village takes -2 编码重复"
        raise ProvisionError("E-INV-04", f"{code} {told}", EXIT_VALIDATION)
    cells = {**_cells(values), "code": code, "name": name.strip(), "town": town.strip()}
    _carry_out(inventory, "add", typed(cells), f"add {code}", dry_run=dry_run)


@app.command("set")
def set_(
    code: Annotated[str, typer.Argument(help="station code 站点编码")],
    values: Values,
    folder: CountyFolder = HERE,
    dry_run: DryRun = False,
) -> None:
    """Change one station's columns 修改站点."""
    inventory = Inventory.open(folder)
    code = inventory.get(code).code
    _carry_out(inventory, "set", typed({**_cells(values), "code": code}), f"set {code}", dry_run=dry_run)


@app.command("remove")
def remove(
    codes: Annotated[list[str], typer.Argument(help="station codes 站点编码")],
    folder: CountyFolder = HERE,
    dry_run: DryRun = False,
) -> None:
    """Take stations out of the inventory; 'station undo' brings them back 移除站点."""
    inventory = Inventory.open(folder)
    entries = [inventory.get(code) for code in dict.fromkeys(codes)]
    for entry in entries:
        if state_of(entry) in {"enrolled", "accepted"}:
            raise ProvisionError(
                "E-INV-14", f"{entry.code}: has a certificate; revoke it first 已开通，请先吊销其证书", EXIT_VALIDATION
            )
        typer.echo(f"- {entry.code} {entry.name} {entry.town}")
    if dry_run:
        raise SystemExit(EXIT_CHANGES_PENDING)
    with inventory.changing(f"remove {' '.join(codes)}"[:200], undoable=True) as draft:
        for entry in entries:
            draft.entries.pop(draft.get(entry.code).code)


@app.command("undo")
def undo(folder: CountyFolder = HERE) -> None:
    """Take back the last import, add, set or remove; twice undoes the undo 撤销最近一次修改."""
    did = Inventory.open(folder).undo()
    typer.echo(did.what)
    for code, what in did.stations.items():
        typer.echo(f"  {code} {what}")


@app.command("list")
def list_(
    folder: CountyFolder = HERE,
    town: Annotated[str | None, typer.Option(help="of one town 某镇")] = None,
    state: Annotated[list[str] | None, typer.Option(help=f"repeatable 状态: {' '.join(STATES)}")] = None,
    needs: Annotated[Need | None, typer.Option(help="that still need it 尚缺标签、配置包或存储卡")] = None,
    as_json_: AsJson = False,
) -> None:
    """List stations with how far each is 列出站点."""
    if unknown := set(state or ()) - set(STATES):
        raise typer.BadParameter(f"{' '.join(sorted(unknown))}: one of 只能是 {' '.join(STATES)}")
    now_ms = _now_ms()
    entries = [
        entry
        for entry in Inventory.open(folder).all()
        if (town is None or entry.town == town)
        and (not state or state_of(entry) in state)
        and (needs is None or needs in needs_of(entry, now_ms))
    ]
    if not (folder / FILE).exists():
        typer.echo(
            f"{folder.resolve()}: no inventory in this folder 此目录中没有站点清单，请用 --folder 指定县配置目录",
            err=True,
        )
    if as_json_:
        shown = {"schema": SCHEMA, "stations": [as_json(entry, now_ms) for entry in entries]}
        typer.echo(msgspec.json.encode(shown).decode())
        return
    head = ("编码 code", "镇街 town", "名称 name", "状态 state", "待办 needs")
    typer.echo(table(head, [_row(entry, now_ms) for entry in entries]))
    typer.echo(f"{len(entries)} 个站点 stations", err=True)


@app.command("show")
def show(
    code: Annotated[str, typer.Argument(help="station code 站点编码")],
    folder: CountyFolder = HERE,
    as_json_: AsJson = False,
) -> None:
    """Show one station with its history 查看站点及其历史."""
    inventory = Inventory.open(folder)
    entry = inventory.get(code)
    changes, now_ms = inventory.history(entry.code), _now_ms()
    if not as_json_:
        typer.echo("\n".join(as_lines(entry, changes, now_ms)))
        return
    told = [
        {"number": one.number, "at_ms": one.at_ms, "what": one.what, "did": one.stations[entry.code]} for one in changes
    ]
    typer.echo(msgspec.json.encode({"schema": SCHEMA, "station": as_json(entry, now_ms), "history": told}).decode())


@app.command("export")
def export(
    folder: CountyFolder = HERE,
    as_: Annotated[
        Literal["hub", "csv", "sheet"],
        typer.Option("--as", help="for 'hub enrolment import', the hub's stations.csv, or every column 导出形式"),
    ] = "hub",
    out: Annotated[Path | None, typer.Option(help="file to write 写入文件")] = None,
) -> None:
    """Export the inventory: for the hub, or as a sheet to edit 导出清单."""
    inventory = Inventory.open(folder)
    county, entries = inventory.county(), inventory.all()
    if as_ == "csv":
        _give(villages_csv([Village(entry.code, entry.name, entry.town) for entry in entries]), out, mark=False)
    elif as_ == "sheet":
        _give(sheet_of([cells_of(entry) for entry in entries]), out)
    else:
        exported = msgspec.json.format(msgspec.json.encode(export_of(county, entries, _now_ms())), indent=1)
        _give(exported.decode() + "\n", out, mark=False, mode=0o600)


def _carry_out(inventory: Inventory, source: Path | str, sheet: Sheet, what: str, *, dry_run: bool) -> None:
    """Show what the sheet does, and do it unless `dry_run`."""
    entries = {entry.code: entry for entry in inventory.all()}
    plan = planned(source, sheet, entries, _county(inventory))
    _show(plan, len(entries))
    if not plan.added and not plan.changed:
        return
    if dry_run:
        raise SystemExit(EXIT_CHANGES_PENDING)
    if not entries:  # said, lest it is begun in a folder that nobody meant
        typer.echo(f"{inventory.folder.resolve()}: a new inventory 新建站点清单", err=True)
    with inventory.changing(what[:200], undoable=True) as draft:
        # Once more, on what is there now: another command may have come between.
        for edit in (now := planned(source, sheet, draft.entries, _county(inventory))).added:
            draft.entries[edit.after.code] = edit.after
        for edit in now.changed:
            draft.change(edit.after.code, **{name: getattr(edit.after, name) for name in edit.fields})
    relabel = [edit.after.code for edit in plan.changed if edit.after.token is not None and edit.after.lacks_secrets]
    if relabel:
        what = "another Wi-Fi or camera's user: mint anew the labels of 无线或摄像机用户已更换，请重制标签"
        typer.echo(f"{what}: {' '.join(relabel)}", err=True)


def _show(plan: Plan, before: int) -> None:
    for edit in (*plan.added, *plan.changed):
        typer.echo("\n".join(edit_lines(edit)))
    untouched = before - len(plan.changed) - len(plan.unchanged)
    typer.echo(
        f"{len(plan.added)} added 新增, {len(plan.changed)} changed 更改, {len(plan.unchanged)} unchanged 未变, "
        f"{untouched} not in it 未涉及",
        err=True,
    )


def _from_hub(inventory: Inventory, file: Path, *, dry_run: bool) -> None:
    view = read_hub_view(file)
    county = inventory.county()
    with inventory.changing(f"import --from-hub {file.name}"[:200]) as draft:
        before = dict(draft.entries)
        heard = take_in(draft, view, county)
        if dry_run:
            draft.entries = before
    for told, codes in (
        ("changed 更新", heard.changed),
        ("not in the inventory 清单中没有", heard.unknown),
        ("not at the hub 中心没有", heard.missing),
        ("named otherwise at the hub 名称与中心不同", heard.renamed),
    ):
        if codes:
            typer.echo(f"{told}: {len(codes)}\n  {' '.join(codes)}")
    if dry_run and heard.changed:
        raise SystemExit(EXIT_CHANGES_PENDING)


def _cells(values: list[str] | None) -> dict[str, str]:
    cells: dict[str, str] = {}
    for value in values or []:
        column, equals, cell = value.partition("=")
        if not equals or column not in COLUMNS or column == "code":
            known = ", ".join(COLUMNS[1:])
            raise typer.BadParameter(f"'{column[:40]}': column=value, of 应为 列名=值，列名为: {known}")
        cells[column] = cell.strip()
    return cells


def _row(entry: Entry, now_ms: int) -> tuple[str, ...]:
    state = state_of(entry)
    return entry.code, entry.town, entry.name, f"{STATE_WORDS[state]} {state}", " ".join(needs_of(entry, now_ms))


def _county(inventory: Inventory) -> str | None:
    first = next(iter(inventory.all()), None)
    return county_of(first.code) if first is not None else inventory.county_of_authority()


def _give(text: str, out: Path | None, *, mark: bool = True, mode: int = 0o644) -> None:
    """Print, or write to a file: a sheet with the mark by which Excel knows UTF-8."""
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_atomically(out, text.encode("utf-8-sig" if mark else "utf-8"), mode=mode)
        typer.echo(out)


def _now_ms() -> int:
    return utc_ms(dt.datetime.now(dt.UTC))
