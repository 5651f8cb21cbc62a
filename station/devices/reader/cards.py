"""What lies on a card (GA/T 490): the answer to a read in, a Card out. Pure. Photo and fingerprint are never kept."""

from datetime import date
from typing import Final, NamedTuple

from station.devices.reader.port import Card
from station.id_number import Flaw, read_id_number
from wire.records import CardKind

TEXT_BYTES: Final = 256
KIND_AT: Final = 248

Span = tuple[int, int]
"""Offset and length in bytes."""
_NOTHING: Span = (0, 0)


class Layout(NamedTuple):
    """Where one kind of card keeps what."""

    kind: CardKind
    sex: Span
    birth: Span
    id_number: Span
    valid_from: Span
    valid_to: Span
    name: Span
    other_name: tuple[Span, ...] = ()
    """The name in Latin letters, shown where there is no Chinese one."""
    nation: Span = _NOTHING
    nationality: Span = _NOTHING
    address: Span = _NOTHING
    authority: Span = _NOTHING


RESIDENT: Final = Layout(
    "resident",
    sex=(30, 2),
    birth=(36, 16),
    id_number=(122, 36),
    valid_from=(188, 16),
    valid_to=(204, 16),
    name=(0, 30),
    nation=(32, 4),
    address=(52, 70),
    authority=(158, 30),
)
HMT: Final = RESIDENT._replace(kind="hmt", nation=_NOTHING)
FOREIGN_2017: Final = Layout(
    "foreign_2017",
    sex=(120, 2),
    birth=(220, 16),
    id_number=(122, 30),
    valid_from=(188, 16),
    valid_to=(204, 16),
    name=(158, 30),
    other_name=((0, 120),),
    nationality=(152, 6),
    authority=(240, 8),
)
FOREIGN_2023: Final = Layout(
    "foreign_2023",
    sex=(30, 2),
    birth=(36, 16),
    id_number=(122, 36),
    valid_from=(188, 16),
    valid_to=(204, 16),
    name=(0, 30),
    other_name=((52, 70), (220, 22)),
    nationality=(242, 6),
)
LAYOUTS: Final = {"J": HMT, "I": FOREIGN_2017, "Y": FOREIGN_2023}
"""By the letter at KIND_AT; a resident's is a space, or anything else."""

SEXES: Final = {"0": "unknown", "1": "male", "2": "female", "9": "unstated"}
"""GB/T 2261.1; anything else is kept raw."""

_NATION_NAMES = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 "
    "佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 "
    "塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
)
NATIONS: Final = dict(enumerate(_NATION_NAMES.split(), start=1)) | {97: "其他", 98: "外国血统中国籍人士"}
"""GB/T 3304 by number; a code that is not here is kept raw."""


def text_area(data: bytes, *, lengths: int = 2) -> bytes | None:
    """Return the text of a read's data: `lengths` big-endian sizes (text first), then the areas in their order.

    None when the sizes do not fit what came.
    """
    start = 2 * lengths
    sizes = [int.from_bytes(data[at : at + 2], "big") for at in range(0, start, 2)]
    if len(data) < start + sum(sizes) or sizes[0] < KIND_AT + 2:
        return None
    return data[start : start + min(sizes[0], TEXT_BYTES)]


def read_card(text: bytes, today: date | None) -> Card:
    """Return the card whose text area is `text`; whatever it holds, it is never refused, only warned of.

    `today` is None while the clock is not trusted. The name is the Chinese one, else the one in Latin letters.
    """
    layout = LAYOUTS.get(_raw(text, (KIND_AT, 2)), RESIDENT)
    name = _field(text, layout.name) or "".join(_raw(text, span) for span in layout.other_name).rstrip(" \0")
    sex = _field(text, layout.sex)
    nation = _field(text, layout.nation)
    card = Card(
        kind=layout.kind,
        name=name,
        sex=SEXES.get(sex, sex),
        nation=_nation(nation) if nation else _field(text, layout.nationality),
        birth=_date(_field(text, layout.birth)),
        id_number=_field(text, layout.id_number),
        valid_from=_date(_field(text, layout.valid_from)),
        valid_to=_date(_field(text, layout.valid_to)),
        address=_field(text, layout.address),
        authority=_field(text, layout.authority),
    )
    return card._replace(warnings=tuple(_warnings(card, today)))


def _warnings(card: Card, today: date | None) -> list[str]:
    """Return, as stable codes, what staff should look at; never a reason to refuse the card."""
    found = []
    if not card.name:
        found.append("name_missing")
    if "\ufffd" in card.name + card.address + card.authority:
        found.append("text_damaged")
    found += _number_warnings(card, today)
    if today is not None:
        if _is_date(card.valid_to) and card.valid_to < today.isoformat():
            found.append("expired")
        if _is_date(card.valid_from) and card.valid_from > today.isoformat():
            found.append("not_yet_valid")
    return found


def _number_warnings(card: Card, today: date | None) -> list[str]:
    if card.kind == "foreign_2017":  # 15 characters, a numbering of its own
        return [] if len(card.id_number) == 15 else [Flaw.FORM.value]
    number = read_id_number(card.id_number, today)
    if isinstance(number, Flaw):
        return [number.value]
    found = []
    if number.birth.isoformat() != card.birth:
        found.append("birth_differs_from_number")
    if card.sex in {"male", "female"} and number.sex != card.sex:
        found.append("sex_differs_from_number")
    return found


def _raw(text: bytes, span: Span) -> str:
    offset, length = span
    return text[offset : offset + length].decode("utf-16-le", errors="replace")


def _field(text: bytes, span: Span) -> str:
    # Only the padding goes: names hold spaces, and rare characters of the private use area stay as they are.
    return _raw(text, span).rstrip(" \0")


def _nation(code: str) -> str:
    return NATIONS.get(int(code), code) if code.isascii() and code.isdigit() else code


def _date(text: str) -> str:
    """Return YYYYMMDD as YYYY-MM-DD; 长期, and what is no date, as it stands."""
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return text
    written = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return written if _is_date(written) else text


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
