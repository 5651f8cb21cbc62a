"""What figures are called in reports: services, matters, ways of showing who one is, kinds of report (values only)."""

from typing import Final, Literal

from hub.incidents import calls

ReportKind = Literal["daily", "weekly", "monthly", "opinion", "brief"]
KINDS: Final[dict[ReportKind, tuple[str, str]]] = {
    "daily": ("日研判", "Daily analysis"),
    "weekly": ("周研判", "Weekly analysis"),
    "monthly": ("月研判", "Monthly analysis"),
    "opinion": ("社(舆)情分析报告", "Opinion analysis"),
    "brief": ("信息快报", "Bulletin"),
}
"""Chinese and English, as all tables here."""

SERVICES: Final[dict[str, tuple[str, str]]] = {
    "legal_advice": ("法律咨询", "legal advice"),
    "mediation": ("申请人民调解", "mediation"),
    "legal_aid": ("申请法律援助", "legal aid"),
    "find_person": ("找人", "finding a person"),
    "document": ("文书模板", "paper templates"),
    "learning": ("普法学习", "learning the law"),
    "notary_guide": ("公证指引", "notary guide"),
    "forensic_guide": ("司法鉴定指引", "forensic guide"),
    "progress": ("办事进度查询", "progress"),
    "disclosure": ("村务公开", "village disclosure"),
    "call_staff": ("叫工作人员", "calling staff"),
}
MATTERS: Final[dict[str, tuple[str, str]]] = {
    "family": ("婚姻家庭", "family"),
    "neighbours": ("邻里", "neighbours"),
    "house": ("房屋宅基地", "house and homestead"),
    "contract": ("合同", "contract"),
    "business": ("生产经营", "business"),
    "damages": ("损害赔偿", "damages"),
    "land": ("山林土地", "land and woods"),
    "relocation": ("征地拆迁", "expropriation"),
    "environment": ("环境污染", "pollution"),
    "labour": ("劳动争议", "labour"),
    "consumer": ("消费", "consumption"),
    "medical": ("医疗", "medical"),
    "traffic": ("道路交通事故", "traffic"),
    "property": ("物业", "property management"),
    "other": ("其他", "other"),
}
"""纠纷类型, as the kiosk asks for them."""
WHO: Final[dict[str, tuple[str, str]]] = {
    "card": ("身份证（已核验）", "ID card (verified)"),
    "service_card": ("便民服务卡", "service card"),
    "typed": ("手工填写", "typed"),
    "anonymous": ("匿名", "anonymous"),
}
GRADES: Final[tuple[tuple[str, str], ...]] = (
    ("非常不满意", "very dissatisfied"),
    ("不满意", "dissatisfied"),
    ("基本满意", "fairly satisfied"),
    ("满意", "satisfied"),
    ("非常满意", "very satisfied"),
)
"""Of grades 1 … 5."""

CALLS: Final[dict[str, tuple[str, str]]] = {
    **dict(calls.MATTERS.items()), **dict(calls.OUTCOMES.items()),
    "open": ("尚未办结", "not over yet"), "withdrawn": ("已撤回待确认", "taken back"),
}  # fmt: skip
"""What calls for help were (`Counts.calls`)."""


def named(table: dict[str, tuple[str, str]], key: str) -> str:
    """Return the Chinese of a code; a code that is not known stays as it is."""
    return table[key][0] if key in table else key
