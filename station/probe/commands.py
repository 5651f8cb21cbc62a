"""`station probe`: the line to a session-reflector, tried by hand."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from station.errors import StationError
from station.output import print_out

STANDARD_PORT = 862


def probe(
    target: Annotated[
        str,
        typer.Argument(metavar="HOST:PORT", help="the reflector, port 862 if none; or rtsp://…, a camera 对端或摄像机"),
    ],
    count: Annotated[int, typer.Option(min=1, max=1_000_000, help="packets to send 发送包数")] = 10,
    interval: Annotated[float, typer.Option(min=0.001, max=3600, help="seconds between them 发送间隔（秒）")] = 1.0,
    key: Annotated[
        Path | None,
        typer.Option(help="file with the session's key in hex digits: authenticated 会话密钥文件（十六进制）"),
    ] = None,
    ssid: Annotated[int, typer.Option(min=0, max=65535, help="session identifier, 0 for none 会话标识")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object instead of lines 输出 JSON")] = False,
) -> None:
    """Measure the line to a STAMP reflector (RFC 8762), as ping does but each way by itself; or ask a camera 测量线路.

    Tells each answer, and at the end loss there and back, round trip, jitter, duplicates and reordering; Ctrl-C ends
    it early. Exit code 4 when nothing came back.

    Of a camera's RTSP address: whether and how soon it answers, up to the first packet of its picture, nothing
    decoded; exit code 4 when no picture comes. With - the address is read from standard input, so that a password is
    in no list of processes. 摄像机：不解码，测到首包为止。
    """
    from station.probe.camera_command import is_camera, show_camera

    if is_camera(target):
        show_camera(target, as_json=as_json)
        return
    from station.probe.by_hand import Probe, find, nothing_came, run
    from station.probe.by_hand_words import line, table

    host, port = host_and_port(target)
    plan = Probe(host, port, count, interval, ssid, None if key is None else _key(key))
    to = find(plan)
    if not as_json:
        print_out(f"STAMP {host} ({to[0]}) : {port}, {'认证 authenticated' if plan.key else '未认证 unauthenticated'}")
    figures = run(plan, to, (lambda _: None) if as_json else (lambda heard: print_out(line(heard))))
    if as_json:
        shares = {"loss_there": figures.loss_there, "loss_back": figures.loss_back}
        whole = {"host": host, "address": to[0], "port": port, **figures._asdict(), **shares}
        print_out(msgspec.json.encode(whole).decode())
    else:
        print_out(table(figures))
    if figures.received == 0:
        raise nothing_came(plan)


def host_and_port(target: str) -> tuple[str, int]:
    """Return both of host, host:port, [address]:port or an IPv6 address alone.

    Raises typer.BadParameter.
    """
    host, colon, port = target.rpartition(":")
    if not colon or (":" in host and not host.endswith("]")):
        host, port = target, str(STANDARD_PORT)
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65535:
        raise typer.BadParameter("should be HOST:PORT 应为 地址:端口", param_hint="HOST:PORT")
    return host, int(port)


def _key(file: Path) -> bytes:
    from stamp.key import read_key

    try:
        return read_key(file.read_text("ascii"))
    except (OSError, ValueError) as error:
        raise StationError(
            "E-STAMP-05",
            f"密钥文件 {file} 不可用，应为至少 32 位十六进制数字（`openssl rand -hex 32`） the key file cannot be "
            f"used, it should hold 32 hex digits or more ({error})",
        ) from None
