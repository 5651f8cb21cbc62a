"""The field dictionary: what a record of another platform holds, what each field may be, and what is personal (pure).

One table for reading, for `hub import --fields`, for the page and for `docs/interfaces.md`; a test holds them together.
"""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from hub.exchange.sources import CHANNEL
from hub.visits.matters import RECEIVED

Kind = Literal["id", "moment", "choice", "village", "town", "text", "phone", "id_number", "grade"]


class Choice(NamedTuple):
    """One value of a field, and what else is read as it."""

    zh: str
    also: tuple[str, ...] = ()


SERVICES: Final[dict[str, Choice]] = {
    "legal_advice": Choice("法律咨询", ("咨询",)),
    "mediation": Choice("申请调解", ("人民调解", "调解", "申请人民调解")),
    "legal_aid": Choice("申请法律援助", ("法律援助", "法援")),
    "find_person": Choice("找人"),
    "document": Choice("文书模板"),
    "learning": Choice("普法学习"),
    "notary_guide": Choice("公证指引", ("公证",)),
    "forensic_guide": Choice("司法鉴定指引", ("司法鉴定", "鉴定")),
    "progress": Choice("办事进度", ("办事进度查询",)),
    "disclosure": Choice("村务公开"),
    "call_staff": Choice("叫工作人员"),
}
MATTERS: Final[dict[str, Choice]] = {
    "family": Choice("婚姻家庭", ("婚姻家庭纠纷",)),
    "neighbours": Choice("邻里", ("邻里纠纷",)),
    "house": Choice("房屋宅基地", ("房屋宅基地纠纷",)),
    "contract": Choice("合同", ("合同纠纷",)),
    "business": Choice("生产经营", ("生产经营纠纷",)),
    "damages": Choice("损害赔偿", ("损害赔偿纠纷",)),
    "land": Choice("山林土地", ("山林土地纠纷",)),
    "relocation": Choice("征地拆迁", ("征地拆迁纠纷",)),
    "environment": Choice("环境污染", ("环境污染纠纷",)),
    "labour": Choice("劳动争议", ("劳动争议纠纷",)),
    "consumer": Choice("消费", ("消费纠纷",)),
    "medical": Choice("医疗", ("医疗纠纷",)),
    "traffic": Choice("道路交通事故", ("交通事故",)),
    "property": Choice("物业", ("物业纠纷",)),
    "other": Choice("其他", ("其它",)),
}
STATE: Final[dict[str, Choice]] = {
    RECEIVED: Choice("已收到", ("待受理", "已登记")),
    "assigned": Choice("已指派", ("办理中", "处理中")),
    "accepted": Choice("已受理", ("予以援助",)),
    "need_papers": Choice("待补材料"),
    "papers_in": Choice("材料已补"),
    "answered": Choice("已答复", ("已回复",)),
    "refused": Choice("不予受理", ("不予援助",)),
    "closed": Choice("已办结", ("办结", "已完结")),
}
GRADES: Final[dict[str, Choice]] = {
    "5": Choice("非常满意"), "4": Choice("满意"), "3": Choice("基本满意"), "2": Choice("不满意"),
    "1": Choice("非常不满意"),
}  # fmt: skip
CHANNELS: Final[dict[str, Choice]] = {name: Choice(one.zh, (one.code, *one.also)) for name, one in CHANNEL.items()}


class FieldOf(NamedTuple):
    """One field of a record."""

    name: str
    """As JSON and the first line of a CSV may call it."""
    zh: str
    en: str
    kind: Kind
    needed: bool = False
    personal: bool = False
    """Sealed before anything of it is stored, and in no list, log or message."""
    most: int = 64
    choices: Mapping[str, Choice] = {}
    also: tuple[str, ...] = ()
    """Other headings that are read as it."""


FIELDS: Final[tuple[FieldOf, ...]] = (
    FieldOf("external_id", "工单编号", "number there", "id", needed=True, also=("编号", "业务编号", "受理编号")),
    FieldOf("at", "受理时间", "taken at", "moment", needed=True, also=("来电时间", "登记时间")),
    FieldOf("channel", "来源渠道", "channel", "choice", needed=True, choices=CHANNELS, also=("渠道", "来源")),
    FieldOf("service", "服务类型", "service", "choice", needed=True, choices=SERVICES, also=("业务类型",)),
    FieldOf("matter", "事项类别", "matter", "choice", choices=MATTERS, also=("纠纷类型",)),
    FieldOf("state", "办理状态", "state", "choice", choices=STATE, also=("状态",)),
    FieldOf("town", "乡镇", "town", "town", also=("镇街", "乡镇街道")),
    FieldOf("village", "村居编码", "code of the village", "village", also=("村编码",)),
    FieldOf("handled_by", "承办单位", "handled by (a unit)", "text", also=("办理单位",)),
    FieldOf("answered_at", "答复时间", "answered at", "moment", also=("办结时间",)),
    FieldOf("rating", "满意度", "grade", "grade", choices=GRADES, also=("评价",)),
    FieldOf("changed_at", "更新时间", "changed at", "moment"),
    FieldOf("name", "姓名", "name", "text", personal=True, also=("来电人", "当事人")),
    FieldOf("phone", "电话", "phone", "phone", personal=True, most=24, also=("联系电话", "来电号码")),
    FieldOf("id_number", "证件号", "id number", "id_number", personal=True, most=18, also=("身份证号",)),
    FieldOf("words", "诉求内容", "what they said", "text", personal=True, most=2000, also=("案情", "内容", "咨询内容")),
)
BY_NAME: Final = {field.name: field for field in FIELDS}
HEADINGS: Final[dict[str, str]] = {
    heading: field.name for field in FIELDS for heading in (field.name, field.zh, *field.also)
}
"""Every heading that is known, and the field it names."""
KIND_WORDS: Final[dict[Kind, tuple[str, str]]] = {
    "id": ("字母、数字与 _.-，最多 64 位", "letters, digits and _.-, at most 64"),
    "moment": ("如 2026-11-28 09:30（北京时间）", "such as 2026-11-28 09:30, China's time"),
    "choice": ("下列之一", "one of those below"),
    "village": ("本县站点编码（12 位）", "code of a station of this county"),
    "town": ("本县乡镇名", "a town of this county"),
    "text": ("文字", "text"),
    "phone": ("数字与 +-() 空格", "digits and +-() and spaces"),
    "id_number": ("15 或 18 位", "15 or 18 signs"),
    "grade": ("1 至 5 或下列之一", "1 to 5 or one of those below"),
}
