"""`hub reflect`: a session-reflector by itself, for trying a line."""

import signal
from collections import Counter
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from hub.errors import HubError
from hub.options import AsJson
from stamp.key import read_key
from stamp.reflector import Peer, SessionReflector
from stamp.udp import ReflectorThread, StampSocket

PRIVATE: Final = ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7", "fe80::/10")
"""Who is answered when nobody is named."""
TOLD_EVERY_S: Final = 10
BUFFER_BYTES: Final = 8 << 20
WORDS: Final = {
    "answered": "已应答 answered",
    "unknown": "非本会话 unknown",
    "forged": "认证不符 forged",
    "malformed": "格式不符 malformed",
    "too_many": "超出速率 too many",
    "stale": "过时 stale",
}


def reflect(
    port: Annotated[int, typer.Option(min=0, max=65535, help="UDP port, 0 for any free one 端口")] = 862,
    listen: Annotated[str | None, typer.Option(help="address to listen on; else all 监听地址，缺省为全部")] = None,
    key: Annotated[
        Path | None, typer.Option(help="file with a session's key in hex digits 会话密钥文件（十六进制）")
    ] = None,
    ssid: Annotated[int, typer.Option(min=0, max=65535, help="identifier of that session 该会话的标识")] = 0,
    allow: Annotated[
        list[str] | None,
        typer.Option(help="network answered without a key (CIDR); repeatable 免认证的网段，可重复；缺省为内网"),
    ] = None,
    packets_per_s: Annotated[
        float, typer.Option(min=0.1, max=100_000, help="most per session or address 每会话或地址的速率上限")
    ] = 50.0,
    as_json: AsJson = False,
) -> None:
    """Answer STAMP probes (RFC 8762, `station probe`) until Ctrl-C, and tell how many 运行线路应答端.

    With --key only packets signed with it are answered, and those of networks named by --allow; without both, those
    of private networks. A reply is never longer than its packet.
    """
    ending = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ending)  # before any thread begins: all of them leave it to sigwait
    try:
        networks = tuple(allow or (() if key else PRIVATE))
        thread = ReflectorThread(_reflector(networks, key, ssid, packets_per_s), _socket(listen, port))
        thread.start()
        try:
            _tell({"port": thread.socket.port}, f"应答端口 UDP {thread.socket.port} listening", as_json=as_json)
            told = Counter[str]()
            while signal.sigtimedwait(ending, TOLD_EVERY_S) is None:
                told = _tell_counts(thread, told, as_json=as_json)
            _tell_counts(thread, Counter(end=1), as_json=as_json)
        finally:
            thread.stop()
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ending)


def _reflector(networks: tuple[str, ...], key: Path | None, ssid: int, packets_per_s: float) -> SessionReflector:
    try:
        reflector = SessionReflector(packets_per_s=packets_per_s, burst=round(4 * packets_per_s) + 1, open_to=networks)
    except ValueError as error:
        raise HubError("E-STAMP-12", f"网段有误，应如 10.0.0.0/8 not a network ({error})") from None
    if key is not None:
        try:
            reflector.admit(Peer(ssid, read_key(key.read_text("ascii")), "session"))
        except (OSError, ValueError) as error:
            raise HubError(
                "E-STAMP-13",
                f"密钥文件 {key} 不可用，应为至少 32 位十六进制数字（`openssl rand -hex 32`） the key file cannot be "
                f"used, it should hold 32 hex digits or more ({error})",
            ) from None
    return reflector


def _socket(listen: str | None, port: int) -> StampSocket:
    try:
        return StampSocket(listen, port, receive_buffer_bytes=BUFFER_BYTES)
    except OSError as error:
        raise HubError(
            "E-STAMP-11",
            f"UDP 端口 {port} 不可用：可能已被占用（`hub run` 或另一个 `hub reflect`）；1024 以下需要 root the port "
            f"cannot be used: taken by another program, or below 1024 without being root ({error})",
        ) from None


def _tell_counts(thread: ReflectorThread, told: Counter[str], *, as_json: bool) -> Counter[str]:
    with thread.lock:
        counts = thread.reflector.counts
    if counts != told:
        text = " · ".join(
            f"{word} {counts[name]}" for name, word in WORDS.items() if counts[name] or name == "answered"
        )
        _tell(dict(counts), text, as_json=as_json)
    return counts


def _tell(values: dict[str, int], text: str, *, as_json: bool) -> None:
    typer.echo(msgspec.json.encode(values) if as_json else text)
