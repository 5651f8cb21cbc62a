"""The way from a blank card to an accepted station, drawn from a table: docs/pictures/provisioning.svg.

Four places side by side, what happens in each from top to bottom; an arrow says what is carried and how.
"""

import html
from pathlib import Path
from typing import Final, NamedTuple

PLACES: Final = (
    ("县里 · 技术员", "county, technician", "#1f4e8c"),
    ("车上 · 笔记本", "van, laptop", "#8a5a00"),
    ("村里 · 站点", "village, station", "#1d6b3a"),
    ("县级中心", "the centre", "#6a2f7a"),
)
COLUMN, WIDE, ROW, HIGH, TOP = 310, 210, 92, 58, 96


class Box(NamedTuple):
    """What is done in a place, in a row; the command stands below."""

    place: int
    row: int
    what: str
    how: str


class Way(NamedTuple):
    """What goes from one box to another."""

    of: int
    to: int
    what: str
    dashed: bool = False


BOXES: Final = (
    Box(0, 0, "表格、口令、标签、配置包", "station import · label mint · bundle build"),
    Box(3, 0, "导入标签", "hub enrolment import"),
    Box(0, 1, "写卡（镜像 + 配置包）", "card write · card batch"),
    Box(1, 1, "委派、做优盘（村里没网时）", "ca delegate · stick prepare"),
    Box(2, 2, "首次启动：核对、安装、看标签", "通电即可 power on"),
    Box(3, 3, "在线签发证书", "有网 with a line"),
    Box(1, 4, "签发优盘上的申请", "stick sign"),
    Box(2, 4, "登记完成，村民界面出现", "开通 enrolled"),
    Box(2, 5, "体检与验收", "station doctor --accept"),
    Box(3, 5, "归档验收单", "/acceptances"),
    Box(1, 6, "导出签发记录", "station export"),
    Box(3, 6, "换证、吊销、分批升级", "/certificates · /rollouts"),
)
WAYS: Final = (
    Way(0, 1, "stations.json"),
    Way(0, 2, ""),
    Way(2, 3, "van1 目录、卡"),
    Way(3, 4, "卡 + 标签"),
    Way(4, 5, "有网"),
    Way(5, 7, "证书"),
    Way(4, 6, "优盘：申请", dashed=True),
    Way(6, 7, "优盘：证书", dashed=True),
    Way(7, 8, ""),
    Way(8, 9, "网络或优盘"),
    Way(6, 10, ""),
    Way(10, 11, "van1.json"),
)


def drawn() -> str:
    """Return the picture."""
    width, height = COLUMN * len(PLACES), TOP + ROW * (1 + max(box.row for box in BOXES)) + 14
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="Noto Sans CJK SC, Microsoft YaHei, sans-serif" text-anchor="middle">',
        '<defs><marker id="end" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        'orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="#445"/></marker></defs>',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for number, (chinese, english, colour) in enumerate(PLACES):
        left = number * COLUMN
        parts.append(
            f'<rect x="{left + 8}" y="8" width="{COLUMN - 16}" height="{height - 16}" rx="10" fill="{colour}" '
            f'fill-opacity="0.06"/>{_text(left + COLUMN / 2, 40, chinese, 22, colour, bold=True)}'
            f"{_text(left + COLUMN / 2, 62, english, 14, colour)}"
        )
    parts += [_arrow(way) for way in WAYS]
    parts += [_box(box) for box in BOXES]
    return "\n".join([*parts, "</svg>", ""])


def write(into: Path) -> None:
    """Write the picture into a folder."""
    (into / "provisioning.svg").write_text(drawn(), "utf-8")


def _middle(box: Box) -> tuple[float, float]:
    return box.place * COLUMN + COLUMN / 2, TOP + box.row * ROW + HIGH / 2


def _box(box: Box) -> str:
    x, y = _middle(box)
    colour = PLACES[box.place][2]
    wide = WIDE + 50
    return (
        f'<rect x="{x - wide / 2}" y="{y - HIGH / 2}" width="{wide}" height="{HIGH}" rx="8" fill="#fff" '
        f'stroke="{colour}" stroke-width="2"/>{_text(x, y - 5, box.what, 17, "#111")}'
        f"{_text(x, y + 18, box.how, 12, '#556')}"
    )


def _arrow(way: Way) -> str:
    (x1, y1), (x2, y2) = _middle(BOXES[way.of]), _middle(BOXES[way.to])
    half = (WIDE + 50) / 2
    if x1 == x2:
        path, at = f"M{x1} {y1 + HIGH / 2}V{y2 - HIGH / 2 - 2}", (x1 + 40, (y1 + y2) / 2)
    elif y1 == y2:
        side = half if x2 > x1 else -half
        path, at = (
            f"M{x1 + side} {y1}H{x2 - side - (2 if x2 > x1 else -2)}",
            ((x1 + x2) / 2, y1 - (8 if abs(x2 - x1) > COLUMN else HIGH / 2 + 6)),
        )
    else:
        # Out at the side, then down (or up) into the other's edge.
        end = y2 - HIGH / 2 - 2 if y2 > y1 else y2 + HIGH / 2 + 2
        side = half if x2 > x1 else -half
        lane = x2 + (70 if x2 < x1 else -70)
        path, at = f"M{x1 + side} {y1}H{lane}V{end}", ((lane + x1 + side) / 2, y1 - 8)
    dash = ' stroke-dasharray="7 5"' if way.dashed else ""
    line = f'<path d="{path}" fill="none" stroke="#445" stroke-width="2"{dash} marker-end="url(#end)"/>'
    return line + (_text(*at, way.what, 13, "#223") if way.what else "")


def _text(x: float, y: float, text: str, size: int, colour: str, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}"{weight}>{html.escape(text)}</text>'
