"""`hub visits …`: list visits, open one, answer it, and take an answer back."""

import re
import sys
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from hub.clock import now_ms
from hub.desks.auditing import audit_log
from hub.desks.casework import CANNOT_OPEN, CaseDesk, Opened
from hub.desks.purge import Purged, Walk
from hub.listing import moment, plain, print_table
from hub.options import AsJson, By, Config, Reason, Since, code, opened, span_ms
from hub.store.cases import Found
from hub.store.visits import VisitRow, VisitsReader
from hub.visits.matters import MOST_NOTE, MUST_SAY, RECEIVED, STATES
from hub.visits.opening import Unsealer
from wire.person import Mask, Person, Words

NUMBER: Final = re.compile(r"[0-9]{2}-[0-9]{5,9}-[0-9]")
PAGE: Final = 500
STATE_WORDS: Final = {
    RECEIVED: "已收到 received",
    "assigned": "已指派 assigned",
    "answered": "已答复 answered",
    "accepted": "已受理 accepted",
    "need_papers": "待补材料 need papers",
    "papers_in": "材料已补 papers in",
    "refused": "不予受理 refused",
    "closed": "已办结 closed",
}
WHO_WORDS: Final = {
    "card": "身份证 card",
    "service_card": "便民服务卡 service card, 未核验 not verified",
    "typed": "手输 typed, 未核验 not verified",
    "anonymous": "匿名 anonymous",
}
PURGE_WORDS: Final = {
    "visits": "来访 visits",
    "emergencies": "求助留言 words of calls for help",
    "quarantined": "隔离区 quarantine",
    "questions": "查询记录 questions",
    "tickets": "外来工单 tickets",
}
HEADS: Final = (
    "时间 at", "站点 station", "编号 number", "服务 service", "事项 matter", "来访人 who", "办理 state", "评价 grade",
)  # fmt: skip
PERSON_WORDS: Final = {
    "name": "姓名 name", "id_number": "证号 id number", "card": "证件 card", "sex": "性别 sex", "nation": "民族 nation",
    "birth": "出生 born", "address": "住址 address", "phone": "电话 phone", "verified": "已核验 verified",
    "service_card": "便民服务卡 service card", "guardian_name": "监护人 guardian",
    "guardian_id_number": "监护人证号 guardian's id number",
}  # fmt: skip

app = typer.Typer(help="visits of villagers, and answers to them 来访登记与答复", no_args_is_help=True)


def _number(value: str) -> str:
    if not NUMBER.fullmatch(value):
        raise typer.BadParameter("as on the receipt, e.g. 12-00001-1 应如回执所示")
    return value


def _state(value: str) -> str:
    if value not in STATES:
        raise typer.BadParameter(f"one of {', '.join(STATES)} 取值有误")
    return value


Number = Annotated[str, typer.Argument(help="number of the visit, as on its receipt 受理编号", callback=_number)]
At = Annotated[str, typer.Option("--station", help="12-digit code of the station 站点编码", callback=code)]
Epoch = Annotated[
    str | None,
    typer.Option("--epoch", help="which, where a station gave a number twice 编号重复时指明", callback=code),
]


@app.command("list")
def list_visits(
    config: Config,
    since: Since = "24h",
    station: Annotated[str | None, typer.Option("--station", help="of one only 只看一个站点", callback=code)] = None,
    as_json: AsJson = False,
) -> None:
    """List visits, newest first, with who came masked 来访清单，身份只显示掩码."""
    with opened(config) as (settings, database):
        unsealer = Unsealer.from_file(Path(settings.unseal_key_file))
        if station is not None:
            CaseDesk(database, unsealer).check_station(station)
        rows = _since(VisitsReader(database.reader), now_ms() - span_ms(since), station)
    shown = [(row, unsealer.mask(row.person) if row.person is not None else None) for row in rows]
    if as_json:
        typer.echo(msgspec.json.encode([_object(row, mask) for row, mask in shown]))
        return
    print_table(HEADS, [_row(row, mask) for row, mask in shown])


@app.command("open")
def open_visit(
    config: Config, number: Number, station: At, by: By, reason: Reason, epoch: Epoch = None, as_json: AsJson = False
) -> None:
    """Open a visit: who came, their words, what was done; who looks and why is logged first 打开来访，先留档."""
    with opened(config) as (settings, database):
        unsealer = Unsealer.from_file(Path(settings.unseal_key_file))
        desk = CaseDesk(database, unsealer)
        visit = desk.find(station, number, epoch)
        inside = desk.open(visit, by, reason, audit_log(settings, database, unsealer))
    if inside.damaged:
        typer.echo(f"E-CASE-04 {CANNOT_OPEN}", err=True)
    if as_json:
        typer.echo(msgspec.json.encode(_opened(visit, inside)))
        return
    for line in _lines(visit, inside):
        typer.echo(line)


@app.command()
def answer(
    config: Config,
    number: Number,
    station: At,
    by: By,
    state: Annotated[str, typer.Option("--state", help="one of 其中之一: " + ", ".join(STATES), callback=_state)],
    text: Annotated[str, typer.Option("--text", help="what its person is told, no names 告知来访人的话")] = "",
    stdin: Annotated[bool, typer.Option("--stdin", help="read the text from standard input 从标准输入读取")] = False,
    epoch: Epoch = None,
) -> None:
    """Write down what was done; its person can read it at the kiosk with their card 登记办理，本人刷卡可查.

    `answered`, `need_papers` and `refused` need a text. It is sealed before it is stored. Give what is personal by
    --stdin: a command line can be seen by others on this machine.
    """
    if stdin and text:
        raise typer.BadParameter("--text or --stdin, not both 只能选一个", param_hint="--text")
    note = _note(_read() if stdin else text, state)
    with opened(config) as (settings, database):
        unsealer = Unsealer.from_file(Path(settings.unseal_key_file))
        desk = CaseDesk(database, unsealer)
        visit = desk.find(station, number, epoch)
        desk.step(visit, by, state, note, audit_log(settings, database, unsealer))
    typer.echo(f"{number} {STATE_WORDS[state]}")
    if not visit.named:
        typer.echo("nobody can look this up: the visit names nobody 来访未留身份，终端上查不到", err=True)


@app.command()
def undo(config: Config, number: Number, station: At, by: By, epoch: Epoch = None) -> None:
    """Take back your last step; it stays on record, marked, and kiosks show it no more 撤回本人最近一步，留痕."""
    with opened(config) as (settings, database):
        unsealer = Unsealer.from_file(Path(settings.unseal_key_file))
        desk = CaseDesk(database, unsealer)
        state = desk.undo(desk.find(station, number, epoch), by, audit_log(settings, database, unsealer))
    typer.echo(f"{number} 已撤回 taken back: {STATE_WORDS.get(state, state)}")


@app.command()
def purge(
    config: Config,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what it would erase 只统计，不清除")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase what is personal and may be kept no longer, as the running hub does each hour 清除到期个人信息.

    The days are `[keep]` of the settings. Copies in backups stay until those are gone.
    """
    with opened(config) as (settings, database):
        walk, at_ms, erased = Walk(settings.keep), now_ms(), Purged()
        while not walk.is_over:
            purged = walk.step(database, at_ms, dry=dry_run)
            erased = Purged(*(was + more for was, more in zip(erased, purged, strict=True)))
        if any(erased) and not dry_run:
            database.empty_log()
    if as_json:
        typer.echo(msgspec.json.encode(erased._asdict() | {"kept_open": walk.kept_open}))
        return
    for kind, count in erased._asdict().items():
        typer.echo(f"{PURGE_WORDS[kind]}: {count}")
    if walk.kept_open:
        typer.echo(f"{walk.kept_open} kept: the matter is still open 仍未办结，暂不清除", err=True)


def _since(reader: VisitsReader, since_ms: int, station: str | None) -> list[VisitRow]:
    rows: list[VisitRow] = []
    while True:
        page = reader.recent(PAGE, rows[-1].id if rows else None, station, since_ms)
        rows += page
        if len(page) < PAGE:
            return rows


def _read() -> str:
    try:
        return sys.stdin.read(4 * MOST_NOTE)
    except UnicodeDecodeError:
        raise typer.BadParameter("not UTF-8 文字编码应为 UTF-8", param_hint="--stdin") from None


def _note(text: str, state: str) -> str:
    note = text.replace("\r\n", "\n").strip()
    if len(note) > MOST_NOTE or not note.replace("\n", "").isprintable() or (state in MUST_SAY and not note):
        if not note:
            raise typer.BadParameter(f"{state} needs a text 需要写明内容", param_hint="--text")
        raise typer.BadParameter(f"1 to {MOST_NOTE} characters 应为 1 到 {MOST_NOTE} 个字符", param_hint="--text")
    return note


def _object(row: VisitRow, mask: Mask | None) -> dict[str, object]:
    identity = None if mask is None else msgspec.to_builtins(mask)
    return row.told() | {"epoch": row.epoch, "identity": identity}


def _row(row: VisitRow, mask: Mask | None) -> tuple[str, ...]:
    name = "" if mask is None or row.who == "service_card" else mask.name  # such a card tells only its number
    person = "" if mask is None else f" {name} {mask.id_number}".rstrip()
    return (
        moment(row.received_ms if row.at_ms is None else row.at_ms),
        f"{row.station} {row.name}",
        row.number,
        row.service,
        row.matter or "",
        WHO_WORDS.get(row.who, row.who) + person,
        STATE_WORDS.get(row.state, row.state),
        "" if row.rating is None else str(row.rating),
    )


def _opened(visit: Found, inside: Opened) -> dict[str, object]:
    return {
        "station": visit.station,
        "name": visit.name,
        "town": visit.town,
        "epoch": visit.epoch,
        "number": visit.number,
        "service": visit.service,
        "matter": visit.matter,
        "who": visit.who,
        "language": visit.language,
        "at_ms": visit.at_ms,
        "received_ms": visit.received_ms,
        "identity": None if inside.identity is None else msgspec.to_builtins(inside.identity),
        "words": None if inside.words is None else msgspec.to_builtins(inside.words),
        "steps": [
            {"at_ms": step.at_ms, "by": step.who, "state": step.state, "note": note, "withdrawn_ms": step.withdrawn_ms}
            for step, note in inside.steps
        ],
    }


def _lines(visit: Found, inside: Opened) -> list[str]:
    at = moment(visit.received_ms if visit.at_ms is None else visit.at_ms)
    lines = [
        f"{visit.number} {visit.station} {visit.town} {visit.name} {at}",
        f"{visit.service} {visit.matter or ''} · {WHO_WORDS.get(visit.who, visit.who)} · {visit.language}",
    ]
    if inside.identity is not None:
        lines += _person_lines(inside.identity)
    if inside.words is not None:
        lines += _words_lines(inside.words)
    for step, note in inside.steps:
        taken_back = "" if step.withdrawn_ms is None else f" 已撤回 taken back {moment(step.withdrawn_ms)}"
        lines.append(f"{moment(step.at_ms)} {step.who} {STATE_WORDS.get(step.state, step.state)}{taken_back}")
        lines += [f"  {part}" for part in (note or "").splitlines()]
    return [plain(line).replace("\n", "?") for line in lines]


def _person_lines(person: Person) -> list[str]:
    told: dict[str, object] = msgspec.to_builtins(person)
    told["verified"] = "是 yes" if person.verified else "否 no"
    return [f"{PERSON_WORDS[key]}: {value}" for key, value in told.items() if value]


def _words_lines(words: Words) -> list[str]:
    fields = [f"{name}: {value}" for name, value in words.fields.items()]
    return [line for text in (words.text, *fields) for line in text.splitlines()]
