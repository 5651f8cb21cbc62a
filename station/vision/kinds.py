"""What can be wrong with a camera's picture, and how a change is told."""

from typing import Final, Literal, NamedTuple

Kind = Literal[
    "no_frames", "corrupted", "black", "no_signal", "white", "dark", "frozen", "flicker", "noise", "moved", "blur",
    "covered", "cast", "stripes",
]  # fmt: skip

NAMES: Final[dict[Kind, str]] = {
    "no_frames": "视频丢失", "corrupted": "花屏", "black": "黑屏", "no_signal": "无信号", "white": "过曝",
    "dark": "过暗", "frozen": "冻结", "flicker": "闪烁", "stripes": "条纹", "noise": "噪声", "moved": "偏移",
    "blur": "模糊", "covered": "遮挡", "cast": "偏色",
}  # fmt: skip
SUPPRESSED_BY: Final[dict[Kind, tuple[Kind, ...]]] = {
    "no_frames": (),
    "corrupted": ("no_frames",),
    "black": ("no_frames",),
    "no_signal": ("no_frames", "black"),
    "white": ("no_frames", "black", "no_signal"),
    "dark": ("no_frames", "corrupted", "black", "no_signal", "white"),
    "frozen": ("no_frames", "corrupted", "black", "no_signal", "white", "dark"),
    "flicker": ("no_frames", "corrupted", "black", "no_signal", "frozen"),
    "stripes": ("no_frames", "corrupted", "black", "no_signal", "white", "dark"),
    "noise": ("no_frames", "corrupted", "black", "no_signal", "white", "dark", "stripes"),
    "moved": ("no_frames", "corrupted", "black", "no_signal", "white", "dark", "stripes", "noise"),
    "blur": ("no_frames", "corrupted", "black", "no_signal", "white", "dark", "stripes", "noise", "moved"),
    "covered": ("no_frames", "corrupted", "black", "no_signal", "white", "dark", "stripes", "noise", "moved", "blur"),
    "cast": (
        "no_frames", "corrupted", "black", "no_signal", "white", "dark", "stripes", "noise", "moved", "blur", "covered",
    ),
}  # fmt: skip
"""One cause, one alarm: a black picture is also blurred, covered and frozen. Keys stand in order of precedence."""

KINDS: Final[tuple[Kind, ...]] = tuple(SUPPRESSED_BY)


class Change(NamedTuple):
    """A kind of fault was raised or cleared."""

    kind: Kind
    state: Literal["raised", "cleared"]
    severity: float
    """0 just past the limit, 1 as bad as it gets; of a cleared fault, how bad it was at its worst."""
    since_s: float
    """When it began, not when it was noticed."""
    confidence: float
    at_s: float


class Verdict(NamedTuple):
    """How a camera is now."""

    kind: Kind | None
    """The first cause, None when nothing is wrong."""
    raised: tuple[Kind, ...]
    learning: bool
    light: Literal["day", "infrared"]
    measures: dict[str, float]
    """What the last look measured, for a technician."""
    scores: dict[Kind, float]
    """1 is the limit."""
