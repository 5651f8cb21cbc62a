"""`station probe rtsp://…`: whether a camera answers, how soon, and what it does not do."""

import sys
from typing import Final

import msgspec
import typer

from station.errors import DeviceError
from station.output import print_out
from station.probe.rtsp import MEANINGS, Probed, probe_camera
from station.probe.rtsp_words import address_of

WORDS: Final = {
    "tcp_ms": "连接 connection",
    "rtsp_options_ms": "应答 OPTIONS",
    "rtsp_describe_ms": "描述 DESCRIBE",
    "rtsp_setup_ms": "建立 SETUP",
    "rtsp_play_ms": "播放 PLAY",
    "first_packet_ms": "首包 first packet",
}
STANDARD_INPUT: Final = "-"


def is_camera(target: str) -> bool:
    """Say whether `station probe TARGET` means a camera: an RTSP address, or `-` for one on standard input."""
    return target == STANDARD_INPUT or target.lower().startswith(("rtsp://", "rtsps://"))


def show_camera(target: str, *, as_json: bool) -> None:
    """Ask the camera for its picture up to the first packet, and print how long each step took.

    Raises DeviceError E-PROBE-11 … 15 when no picture comes, typer.BadParameter for what is no address.
    """
    address = address_of(sys.stdin.readline() if target == STANDARD_INPUT else target)
    if address is None:
        raise typer.BadParameter("应为 rtsp://用户:口令@地址:端口/路径 should be rtsp://user:password@host:port/path")
    probed = probe_camera(address)
    if as_json:
        shown = {"verdict": probed.verdict, "code": probed.code, "detail": probed.detail, **probed.steps}
        print_out(msgspec.json.encode(shown).decode())
    else:
        print_out("\n".join(_lines(probed)))
    if probed.code is not None:
        raise DeviceError(probed.code, MEANINGS[probed.code] + (f" ({probed.detail})" if probed.detail else ""))


def _lines(probed: Probed) -> list[str]:
    steps = [f"{WORDS[name]}  {took_ms:.1f} ms" for name, took_ms in probed.steps.items()]
    return [*steps, "有画面 it plays"] if probed.verdict == "plays" else steps or ["无应答 no answer"]
