"""Reading a camera's `source` setting: pure, and the one place that knows it may hold a password."""

import re
from pathlib import Path
from typing import Final, Literal, NamedTuple, get_args
from urllib.parse import parse_qs, quote

Kind = Literal["v4l2", "rtsp", "http", "file", "simulated"]
Fault = Literal[
    "", "hang", "crash", "stall", "slow", "swell", "refuse",
    "black", "no_signal", "white", "dark", "frozen", "flicker", "noise", "moved", "blur", "covered", "cast", "stripes",
]  # fmt: skip
"""What a simulated camera can do wrong: first its process and stream, then its picture."""

# FFmpeg would otherwise draw a text file, or a router's login page, as a picture, and follow a playlist anywhere.
_VIDEO_FORMATS: Final = "mov,matroska,avi,mpegts,mpeg,mpegvideo,m4v,h264,hevc,mjpeg,flv,asf,ogg,ivf"
_FOR_KIND: Final[dict[Kind, str]] = {
    "rtsp": "rtsp_transport;tcp|timeout;{timeout_us}",
    "http": f"timeout;{{timeout_us}}|protocol_whitelist;http,https,tcp,tls,crypto|"
    f"format_whitelist;{_VIDEO_FORMATS},mpjpeg,hls",
    "file": f"protocol_whitelist;file|format_whitelist;{_VIDEO_FORMATS},jpeg_pipe",  # JPEG after JPEG
}

_USER: Final = re.compile(r"((?:rtsps?|https?)://([^/?#@:]+))(@.*)", re.IGNORECASE | re.DOTALL)
_ADDRESS: Final = re.compile(r"(rtsps?://(?:.*@)?[^/?@]*)(/.*)", re.IGNORECASE | re.DOTALL)
_SUBSTREAMS: Final = (
    (re.compile(r"(/streaming/(?:channels|tracks)/\d+0)1(?=\D|$)", re.IGNORECASE), r"\g<1>2"),  # Hikvision
    (re.compile(r"(/ch\d+/)main(/av_stream)", re.IGNORECASE), r"\g<1>sub\g<2>"),  # Hikvision before 2012, Ezviz
    (re.compile(r"(/cam/realmonitor\?(?:.*&)?subtype=)0(?=&|$)", re.IGNORECASE), r"\g<1>1"),  # Dahua, Amcrest
    (re.compile(r"(/unicast/c\d+/s)0(?=/)", re.IGNORECASE), r"\g<1>1"),  # Uniview
    (re.compile(r"(/media/video)1(?=\D|$)", re.IGNORECASE), r"\g<1>2"),  # Uniview
    (re.compile(r"(&stream=)0(?=\.sdp)", re.IGNORECASE), r"\g<1>1"),  # Xiongmai
    (re.compile(r"^(/stream)1$", re.IGNORECASE), r"\g<1>2"),  # TP-Link
    (re.compile(r"(preview_\d+_)main", re.IGNORECASE), r"\g<1>sub"),  # Reolink
    (re.compile(r"^(/video)main$", re.IGNORECASE), r"\g<1>Sub"),  # Foscam
)
"""How makers name the main stream, and what stands there for the small one."""


class Twin(NamedTuple):
    """What the simulated camera is told to do wrong, and when; and a card that is held before it."""

    fault: Fault = ""
    after_s: float = 0.0
    card: str = ""
    """A file: while it is there, the QR code it holds (as text, or a picture of it) is held before the camera."""


def kind_of(source: str) -> Kind:
    """Return what kind of camera `source` names."""
    scheme, colon, _ = source.partition(":")
    match scheme.lower() if colon else "":
        case "simulated":
            return "simulated"
        case "rtsp" | "rtsps":
            return "rtsp"
        case "http" | "https":
            return "http"
    return "v4l2" if source.startswith("/dev/") else "file"


def file_of(source: str) -> Path:
    """Return the path of a file or device source."""
    return Path(source.removeprefix("file://")).absolute()


def twin_of(source: str) -> Twin:
    """Return what a `simulated:` source asks for, as in `simulated:?fault=hang&after_s=3` or `simulated:?card=FILE`.

    Raises ValueError when it asks for what there is not.
    """
    asked = parse_qs(source.partition("?")[2], strict_parsing=True) if "?" in source else {}
    twin = Twin()
    for key, (value, *_) in asked.items():
        if key == "fault" and value in get_args(Fault):
            twin = twin._replace(fault=value)  # type: ignore[arg-type]  # just looked up in Fault
        elif key == "after_s" and (after_s := float(value)) >= 0:
            twin = twin._replace(after_s=after_s)
        elif key == "card":
            twin = twin._replace(card=value)
        else:
            raise ValueError(f"no such option of a simulated camera: {key}")
    return twin


def user_of(source: str) -> str | None:
    """Return the user name that stands in an address without a password; None where there is none, or both are."""
    found = _USER.fullmatch(source)
    return None if found is None else found[2]


def with_password(source: str, password: str) -> str | None:
    """Return the address with the password behind its user name; None when `user_of` finds none."""
    found = _USER.fullmatch(source)
    return None if found is None else f"{found[1]}:{quote(password, safe='')}{found[3]}"


def substream_of(source: str, setting: str = "") -> str | None:
    """Return where the camera's small stream is: as set, or by its maker's scheme; None when it is off or unknown."""
    if setting:
        return None if setting == "off" else setting
    address = _ADDRESS.fullmatch(source)
    if address is None:
        return None
    camera, path = address.groups()  # what stands before may be a password, and looks like anything
    for main, small in _SUBSTREAMS:
        found, times = main.subn(small, path, count=1)
        if times:
            return f"{camera}{found}"
    return None


def decoder_options(kind: Kind, timeout_s: float) -> str:
    """Return what OPENCV_FFMPEG_CAPTURE_OPTIONS must say for this kind."""
    return _FOR_KIND.get(kind, "").format(timeout_us=round(timeout_s * 1_000_000))
