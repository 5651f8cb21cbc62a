"""`firmware-config card …`: a station's card, written, verified, undone; one or a batch."""

import contextlib
import datetime as dt
import hashlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from firmware_config.commands.card_questions import ask, confirm, tell, token_of_label
from firmware_config.commands.county_folder import HERE, All, AsJson, Codes, CountyFolder, DryRun, Town, chosen
from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_CHANGES_PENDING, EXIT_FAILURE, EXIT_VALIDATION
from firmware_config.inventory.entry import Entry, WrittenCard, utc_ms
from firmware_config.inventory.inventory import Inventory
from firmware_config.inventory.showing import needs_of

if TYPE_CHECKING:
    from firmware_config.card.content import Content
    from firmware_config.card.image import Tell
    from firmware_config.card.target import Target

app = typer.Typer(help="cards 存储卡", no_args_is_help=True)

POLL_S = 0.5
Code = Annotated[str, typer.Argument(help="station code 站点编码")]
To = Annotated[Path, typer.Option("--to", help="card (/dev/sdX) or its mounted boot partition 存储卡或启动分区目录")]
Image = Annotated[Path | None, typer.Option("--image", help=".img, .img.xz, .img.zst: erases the card 系统镜像")]
ImageFile = Annotated[bool, typer.Option("--image-file", help="--to is a file that stands for a card 目标为镜像文件")]
WithToken = Annotated[
    bool, typer.Option("--with-token", help="the label's token too; you are asked for the label 连同标签码（询问标签）")
]
YesItIs = Annotated[str | None, typer.Option("--yes-it-is", help="the station's code, instead of being asked 站点编码")]
Unmount = Annotated[bool, typer.Option("--unmount", help="unmount what the desktop mounted of it 先卸载")]


@app.command("plan")
def plan(
    code: Code,
    to: To,
    folder: CountyFolder = HERE,
    image: Image = None,
    image_file: ImageFile = False,
    json_: AsJson = False,
) -> None:
    """Show what is on the card and what would be written; exit 10 if anything 显示写卡计划."""
    entry = Inventory.open(folder).get(code)
    content = _content(folder, entry)
    raise SystemExit(_show(folder, content, _target(to, image_file=image_file), image, json_=json_))


@app.command("write")
def write(
    code: Code,
    to: To,
    folder: CountyFolder = HERE,
    image: Image = None,
    image_file: ImageFile = False,
    with_token: WithToken = False,
    yes_it_is: YesItIs = None,
    dry_run: DryRun = False,
    unmount: Unmount = False,
) -> None:
    """Write a station's card: the system if --image, then boot files and bundle; read back and compared 写卡."""
    from firmware_config.card.image import look_into

    inventory = Inventory.open(folder)
    entry = inventory.get(code)
    code, content = entry.code, _content(folder, entry)
    if unmount and not dry_run:
        _unmount(to)
    target = _target(to, image_file=image_file)
    if image is not None:
        look_into(image, target.device.bytes if target.device is not None else 0)
    told = _show(folder, content, target, image, with_token=with_token)
    if dry_run:
        raise SystemExit(told)
    if image is not None or _holder(folder, target) not in {None, code}:
        confirm(entry, yes_it_is)
    if with_token:
        content = content._replace(token=token_of_label(entry))
    _write(inventory, content, target, image)
    tell(f"{code}: 已写好并核对 written and compared")
    if target.device is None:
        tell("拔卡前请先卸载 unmount it before you take it out")


@app.command("batch")
def batch(
    codes: Codes = None,
    every: All = False,
    town: Town = None,
    folder: CountyFolder = HERE,
    image: Image = None,
    to: Annotated[Path | None, typer.Option("--to", help="the one reader to use, else any 指定读卡器")] = None,
    with_token: WithToken = False,
    no_ask: Annotated[bool, typer.Option("--no-ask", help="with --to: ask once, not for each card 只确认一次")] = False,
    unmount: Unmount = False,
) -> None:
    """Write cards one after the other; run again it goes on where it was 批量写卡."""
    from firmware_config.card.batch import Reader, run_batch
    from firmware_config.card.devices import Machine
    from firmware_config.card.image import look_into

    inventory = Inventory.open(folder)
    entries = chosen(inventory, codes, every=every, town=town)
    _begin_batch(to, sum(not entry.has_current_card for entry in entries), asks=not no_ask)

    def one(entry: Entry, target: "Target") -> None:
        content = _content(folder, entry)
        if image is not None:
            look_into(image, target.device.bytes if target.device is not None else 0)
        _show(folder, content, target, image, with_token=with_token)
        holder = _holder(folder, target)
        if no_ask and holder not in {None, entry.code}:
            raise ProvisionError(
                "E-DISK-09", f"the card is {holder}'s; not overwritten unasked 此卡属于其他站点，未写入"
            )
        if with_token:
            content = content._replace(token=token_of_label(entry))
        elif not no_ask:
            confirm(entry, None, short=True)
        _write(inventory, content, target, image)

    reader = Reader(Machine(), to, lambda: time.sleep(POLL_S), tell, may_unmount=unmount)
    outcome = run_batch(entries, reader, one, tell)
    typer.echo(
        f"写好 written {len(outcome.written)}，已有 had one {len(outcome.skipped)}，失败 failed {len(outcome.failed)}",
        err=True,
    )
    for code, why in outcome.failed:
        typer.echo(f"{code}: {why}")
    if outcome.failed or outcome.stopped:
        raise SystemExit(EXIT_FAILURE)


def _begin_batch(to: Path | None, count: int, *, asks: bool) -> None:
    """Refuse what no card of the batch could be written with; ask once where each card is not asked for."""
    if not asks and to is None:
        raise typer.BadParameter("--no-ask needs --to: one reader, and nothing else in it 请用 --to 指定读卡器")
    if to is not None and to.exists() and not os.access(to, os.W_OK):
        raise ProvisionError("E-DISK-03", f"{to}: needs root: sudo 需要 root 权限，请用 sudo")
    if not asks:
        ask(f"将写 {count} 张卡，卡上原有内容会丢失。输入张数确认 type the number of cards", {str(count)})


@app.command("verify")
def verify(
    code: Code, to: To, folder: CountyFolder = HERE, image_file: ImageFile = False, json_: AsJson = False
) -> None:
    """Say whether a card is the station's, whole and current; nothing is changed 核对存储卡."""
    from firmware_config.card.showing import SCHEMA, verdict_lines
    from firmware_config.card.target import looked_at
    from firmware_config.card.writing import flaws_of, token_left

    entry = Inventory.open(folder).get(code)
    code, content = entry.code, _content(folder, entry)
    target = _target(to, image_file=image_file)
    holder = _holder(folder, target)
    with looked_at(target) as place:
        flaws, token = flaws_of(place, content), token_left(place)
    if json_:
        said = {"station": code, "bundle": content.sha256, "holder": holder, "flaws": flaws, "token": token}
        typer.echo(msgspec.json.encode({"schema": SCHEMA, **said}).decode())
    else:
        typer.echo("\n".join(verdict_lines(code, holder, flaws, token=token)))
    if flaws:
        raise SystemExit(EXIT_VALIDATION)


@app.command("undo")
def undo(to: Annotated[Path, typer.Argument(help="mounted boot partition 启动分区目录")]) -> None:
    """Take our files and edits off a boot partition; what was there before comes back 撤销写卡."""
    from firmware_config.card.place import Folder
    from firmware_config.card.writing import undo as undo_

    for path in undo_(Folder(to)):
        typer.echo(path)


def _content(folder: Path, entry: Entry) -> "Content":
    from firmware_config.card.content import content_of

    return content_of(folder, entry, dt.datetime.now(dt.UTC))


def _target(to: Path, *, image_file: bool) -> "Target":
    from firmware_config.card.devices import Machine
    from firmware_config.card.target import target_at

    return target_at(to, Machine(), image_file=image_file)


def _unmount(to: Path) -> None:
    from firmware_config.card.devices import Machine, look_at, unmount

    if not to.is_dir():
        device = look_at(to, Machine())
        if device.removable:
            unmount(device)


def _show(
    folder: Path,
    content: "Content",
    target: "Target",
    image: Path | None,
    *,
    json_: bool = False,
    with_token: bool = False,
) -> int:
    """Show the plan; return the exit code it would end with."""
    from firmware_config.card.showing import device_lines, plan_json, plan_lines
    from firmware_config.card.target import lies_on, looked_at
    from firmware_config.card.writing import plan as plan_

    steps = None
    if image is None:
        with looked_at(target) as place:
            steps = plan_(place, content)
    elif target.device is None:
        raise ProvisionError("E-DISK-05", "an image needs a whole card, not a folder 写系统需要整张卡", EXIT_VALIDATION)
    holder = _holder(folder, target)
    name = None if image is None else image.name
    if json_:
        typer.echo(msgspec.json.encode(plan_json(content, steps, holder, name, target.device)).decode())
    else:
        card = [] if target.device is None else device_lines(target.device, lies_on(target.device))
        lines = plan_lines(content, steps, holder, name, utc_ms(dt.datetime.now(dt.UTC)), with_token=with_token)
        tell("\n".join([*card, *lines]))
    return 0 if steps is not None and all(step.what == "keep" for step in steps) else EXIT_CHANGES_PENDING


def _holder(folder: Path, target: "Target") -> str | None:
    """Return whose card it is now: a station's code, `?` for a bundle that is not of this county, None for nobody's."""
    from firmware_config.card.content import holder_of

    bundle = _bundle_on(target)
    return None if bundle is None else holder_of(folder, bundle)


def _bundle_on(target: "Target") -> bytes | None:
    from firmware_config.card.content import BUNDLE
    from firmware_config.card.target import looked_at

    try:
        with looked_at(target) as place:
            return place.read(BUNDLE)
    except ProvisionError:
        return None  # blank, or no boot partition: nobody's


def _write(inventory: Inventory, content: "Content", target: "Target", image: Path | None) -> None:
    from firmware_config.card.target import opened
    from firmware_config.card.writing import put

    before = hashlib.sha256(_bundle_on(target) or b"").hexdigest()
    with _bar(image) as far, opened(target, image=image, tell=far) as place:
        put(place, content)
    card = WrittenCard(utc_ms(dt.datetime.now(dt.UTC)), content.sha256, target.name)
    with inventory.changing(f"card in {target.name}"[:200]) as draft:
        draft.change(content.entry.code, card=card)
        for other in [one for one in draft.entries.values() if one.card and one.card.sha256 == before != card.sha256]:
            after = draft.change(other.code, card=None)
            if "card" in needs_of(after, draft.now_ms):
                tell(f"{other.code} {other.name}: 这是它的卡，需再写一张 this was its card; it needs another")


@contextlib.contextmanager
def _bar(image: Path | None) -> Iterator["Tell"]:
    """Show how far the image is on a terminal; nothing where the output is kept, or there is no image."""
    if image is None or not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    words = {"write": "写入 writing", "verify": "核对 comparing"}
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks = {name: bar.add_task(word, total=None, visible=False) for name, word in words.items()}
        yield lambda what, done, total: bar.update(tasks[what], completed=done, total=total, visible=True)
