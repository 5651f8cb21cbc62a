"""`station doctor`: is everything of this station as it should be, on site."""

import logging
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

import msgspec
import typer

from station.doctor.ground import WATCH_S
from station.errors import StationError
from station.layout import Layout
from station.settings import Settings
from wire.acceptance import CHECKS, CameraPicture, Finding, verdict_of
from wire.settings import load_settings

if TYPE_CHECKING:
    from station.doctor.acceptance import People
    from station.doctor.ground import Ground, Reflector
    from station.doctor.mend import Done

EXIT_FOUND: Final = 1
MOST_NAME: Final = 64


def _names(values: list[str] | None) -> list[str]:
    unknown = set(values or ()) - set(CHECKS)
    if unknown:
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: 只能是 one of {', '.join(CHECKS)}")
    return values or []


def _line(value: str) -> str:
    if len(value) > MOST_NAME or (value and not value.isprintable()):
        raise typer.BadParameter(f"最多 {MOST_NAME} 个字符 at most {MOST_NAME} characters")
    return value.strip()


def doctor(
    config: Annotated[
        Path | None, typer.Option("--config", help="settings file; else this machine's 设置文件，默认本机的")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="one JSON object; nothing is asked 输出 JSON，不提问")
    ] = False,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="this check only, again for more 只查此项", callback=_names)
    ] = None,
    fix: Annotated[bool, typer.Option("--fix", help="put right what is safe 自动修复安全的项目")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="with --fix: say it only 只说明，不改动")] = False,
    exclusive: Annotated[
        bool, typer.Option("--exclusive", help="pause kiosk and agent for their devices 暂停界面与后台服务")
    ] = False,
    line_s: Annotated[
        float, typer.Option("--line-seconds", min=0, max=600, help="how long to try the line, 0 not 线路测试秒数")
    ] = 60.0,
    camera_s: Annotated[float, typer.Option("--camera-seconds", min=1, max=WATCH_S, hidden=True)] = WATCH_S,
    reflector: Annotated[
        str | None, typer.Option("--reflector", help="HOST:PORT to probe instead of the county's 另测此应答端")
    ] = None,
    accept: Annotated[bool, typer.Option("--accept", help="make the acceptance record 出具验收单")] = False,
    by: Annotated[str, typer.Option("--by", help="who accepts 安装人员", callback=_line)] = "",
    witness: Annotated[str, typer.Option("--witness", help="who was there 现场见证人", callback=_line)] = "",
    note: Annotated[str, typer.Option("--note", help="remarks 备注")] = "",
    out: Annotated[Path | None, typer.Option("--out", help="folder for record and PDF 输出目录")] = None,
    stick: Annotated[Path | None, typer.Option("--stick", help="USB stick for the hub 写入 U 盘")] = None,
    send: Annotated[bool, typer.Option("--send", help="send to the hub; alone: what waits 发送到县中心")] = False,
    aimed: Annotated[
        bool, typer.Option("--aimed", help="I looked: cameras are aimed, nobody is in view 已看过画面：对准且无人")
    ] = False,
    root: Annotated[Path, typer.Option("--root", hidden=True)] = Path("/"),
) -> None:
    """Look at every part of this station and say what to do 现场体检.

    Ends with 0 when all is well, 1 when something is not. Ctrl-C cuts the test of the line short. While kiosk or agent
    have a device their word is taken; --exclusive pauses them for it and lets them go on.
    """
    logging.getLogger().addHandler(logging.NullHandler())  # what is printed says it all
    from station.doctor.acceptance import People
    from station.doctor.ground import Ground
    from station.doctor.talk import Terminal

    if accept and (not by or only):
        raise typer.BadParameter(
            "--accept 需要 --by，且不能与 --only 同用 needs --by, and every check", param_hint="--accept"
        )
    layout = Layout(root)
    config = config or layout.station / "station.toml"
    pictures: dict[str, bytes] = {}
    interactive = not as_json and sys.stdin.isatty()
    ground = Ground(
        settings=load_settings(config, Settings),
        folder=config.absolute().parent,
        layout=layout,
        talk=Terminal(silent=as_json, interactive=interactive),
        interactive=interactive,
        exclusive=exclusive,
        line_s=line_s,
        watch_s=camera_s,
        reflector=None if reflector is None else _reflector(reflector),
        aimed=aimed,
        keep_picture=pictures.__setitem__,
    )
    if send and not accept:
        _send_waiting(ground)
        return
    people = People(by, witness, note[:400]) if accept else None
    findings = _examine(ground, only or [], pictures, people, _Wants(as_json, fix, dry_run, out, stick, send))
    if any(one.state in {"bad", "warn"} for one in findings):
        raise typer.Exit(EXIT_FOUND)


class _Accepted(NamedTuple):
    pictures: list[CameraPicture]
    people: "People"
    took_s: float


class _Wants(NamedTuple):
    as_json: bool
    fix: bool
    dry_run: bool
    out: Path | None
    stick: Path | None
    send: bool


def _examine(
    ground: "Ground", only: list[str], pictures: dict[str, bytes], people: "People | None", wants: _Wants
) -> list[Finding]:
    from station.doctor import terminal
    from station.doctor.acceptance import confirmed
    from station.doctor.examine import examine
    from station.doctor.mend import mend

    began = time.monotonic()
    done = mend(ground, dry_run=wants.dry_run) if wants.fix else []
    if wants.fix and not wants.as_json:
        typer.echo("\n".join([*terminal.done_lines(done, dry_run=wants.dry_run), ""]))
    findings = examine(ground, only)
    shown, unconfirmed = confirmed(ground, pictures) if people is not None else ([], [])
    findings += unconfirmed
    if not wants.as_json:
        typer.echo("\n".join(terminal.summary(findings, colour=sys.stdout.isatty())))
    files: list[Path] = []
    if people is not None:
        files = _accepted(ground, findings, _Accepted(shown, people, time.monotonic() - began), wants)
    if wants.as_json:
        typer.echo(_json(ground, findings, done, files))
    return findings


def _accepted(ground: "Ground", findings: list[Finding], what: _Accepted, wants: _Wants) -> list[Path]:
    from station.doctor.acceptance import PAPER, make, send, write_out

    kept = make(ground, findings, what.pictures, what.people, what.took_s)
    file = kept.file
    written = [
        path
        for folder in (wants.out, wants.stick)
        if folder is not None
        for path in write_out(folder, kept, stick=folder is wants.stick)
    ]
    if wants.send:
        try:
            file = send(ground, kept)
        except StationError as error:
            ground.talk.tell(
                f"尚未送达县中心，稍后用 station doctor --send 再发：{error}", "not filed yet: send it later"
            )
        else:
            ground.talk.tell("县中心已归档", "the hub has filed it")
    files = [file, file.with_name(kept.digest[:12] + PAPER), *written]
    ground.talk.tell(f"验收单已保存：{' '.join(map(str, files))}", "the record is kept")
    return files


def _send_waiting(ground: "Ground") -> None:
    from station.doctor.acceptance import send_all, waiting

    if not any(waiting(ground)):
        typer.echo("没有待发送的验收单 nothing waits to be sent")
        return
    filed, error = send_all(ground)
    typer.echo(f"县中心已归档 {filed} 份 filed by the hub: {filed}")
    if error is not None:
        raise error


def _json(ground: "Ground", findings: list[Finding], done: "list[Done]", files: list[Path]) -> str:
    whole = {
        "version": 1,
        "station": ground.settings.station,
        "verdict": verdict_of(findings),
        "findings": findings,
        "fixed": [one._asdict() for one in done],
        "files": [str(path) for path in files],
    }
    return msgspec.json.encode(whole).decode()


def _reflector(target: str) -> "Reflector":
    from station.doctor.ground import Reflector
    from station.probe.commands import host_and_port

    host, port = host_and_port(target)
    return Reflector(host, port, 0, None)
