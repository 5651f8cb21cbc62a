"""The words for what can be wrong with a camera's picture, and what each is in GB/T 28181 (pure data)."""

from typing import Final, Literal, NamedTuple

FaultKind = Literal[
    "no_frames", "corrupted", "black", "no_signal", "white", "dark", "frozen", "flicker", "noise", "moved", "blur",
    "covered", "cast", "stripes",
]  # fmt: skip
Light = Literal["day", "infrared"]
"""Under which of the two learnt backgrounds a camera is judged."""


class FaultWords(NamedTuple):
    """One kind of fault as people and monitoring devices know it."""

    code: str
    """Stable, as `DeviceState.code` carries it."""
    chinese: str
    english: str
    blind: bool
    """Nobody can see anything that matters: the camera counts as failed, else as degraded."""
    alarm: tuple[int, int]
    """GB/T 28181 alarm method and type: 2 device (1 video lost), 5 video analysis (11 picture fault, 13 covered)."""


FAULTS: Final[dict[FaultKind, FaultWords]] = {
    "no_frames": FaultWords("E-VQD-01", "视频丢失", "no video", True, (2, 1)),
    "corrupted": FaultWords("E-VQD-02", "花屏", "corrupted", False, (5, 11)),
    "black": FaultWords("E-VQD-03", "黑屏", "black", True, (5, 11)),
    "no_signal": FaultWords("E-VQD-04", "无信号", "no signal", True, (5, 11)),
    "white": FaultWords("E-VQD-05", "过曝", "overexposed", True, (5, 11)),
    "dark": FaultWords("E-VQD-06", "过暗", "too dark", False, (5, 11)),
    "frozen": FaultWords("E-VQD-07", "冻结", "frozen", True, (5, 11)),
    "flicker": FaultWords("E-VQD-08", "闪烁", "flickering", False, (5, 11)),
    "noise": FaultWords("E-VQD-09", "噪声", "noisy", False, (5, 11)),
    "moved": FaultWords("E-VQD-10", "偏移", "moved", False, (5, 11)),
    "blur": FaultWords("E-VQD-11", "模糊", "blurred", False, (5, 11)),
    "covered": FaultWords("E-VQD-12", "遮挡", "covered", True, (5, 13)),
    "cast": FaultWords("E-VQD-13", "偏色", "colour cast", False, (5, 11)),
    "stripes": FaultWords("E-VQD-14", "条纹", "striped", False, (5, 11)),
}
STREAM_FAULTS: Final[dict[str, tuple[str, str]]] = {
    "E-CAM-01": ("没有摄像机", "no camera found"),
    "E-CAM-02": ("视频打不开", "the video cannot be opened"),
    "E-CAM-03": ("没有画面", "no pictures arrive"),
    "E-CAM-04": ("视频解码中断", "the decoder crashed"),
    "E-CAM-05": ("视频解码中断", "the decoder took too much memory"),
    "E-CAM-06": ("视频解码中断", "the decoder hangs"),
    "E-CAM-07": ("画面过慢", "pictures come too slowly"),
    "E-CAM-08": ("没有画面", "no picture in time"),
    "E-CAM-09": ("缺少摄像机口令", "its password is missing"),
}
"""A camera's stream: what docs/errors.md says of its code, in a word or two."""
KIND_OF_CODE: Final[dict[str, FaultKind]] = {words.code: kind for kind, words in FAULTS.items()}
