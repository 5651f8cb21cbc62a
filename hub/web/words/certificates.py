"""Words of the pages of stations' certificates."""

from typing import Final

from hub.web.words.said import Said

CERTIFICATES: Final[dict[str, Said]] = {
    "title": Said("站点证书", "Certificates"),
    "one": Said("{} 的证书", "Certificates of {}"),
    "all": Said("全部", "All"),
    "find": Said("查找村、镇或编码", "Find a village, town or code"),
    "search": Said("查找", "Find"),
    "station": Said("站点", "Station"),
    "village": Said("村", "Village"),
    "state": Said("状态", "State"),
    "how": Said("方式", "How"),
    "issued": Said("签发", "Issued"),
    "until": Said("到期", "Until"),
    "renews": Said("续证", "Renewed from"),
    "label": Said("标签", "Label"),
    "label_until": Said("{} 前可用", "good until {}"),
    "label_over": Said("{} 已过期", "over since {}"),
    "none": Said("没有符合的站点。", "No such station."),
    "more": Said("只列出前 {} 个，请查找或选状态。", "The first {} only: search, or choose a state."),
    "note": Said(
        "证书在站点上生成密钥后签发，到一半时站点自行续证。标签由技术员用 firmware-config 打印。",
        "The key is made at the station; at half its life the station renews by itself. Technicians print labels.",
    ),
    "orphaned": Said("签发机构已吊销，须换新标签", "its authority was revoked: it needs a new label"),
    "doubts": Said("请核查", "Look into this"),
    "times": Said("{} 次", "×{}"),
    "from": Said("来自 {}", "from {}"),
    "seen": Said("已核查", "Looked into"),
    "seen_of": Said("{} 已核查", "{}: looked into"),
    "by_file": Said("导入", "an import"),
    "serial": Said("序列号", "Serial"),
    "by": Said("签发者", "By"),
    "ended": Said("终止", "Ended"),
    "certificates": Said("证书", "Certificates"),
    "no_certificates": Said("中心没有签发过，也未听说过本站的证书。", "The hub neither issued nor heard of any."),
    "labels": Said("标签", "Labels"),
    "no_labels": Said("没有导入过本站的标签。", "No label of it was imported."),
    "steps": Said("经过", "What happened"),
    "to_station": Said("站点页", "The station"),
    "revoke": Said("吊销证书", "Revoke"),
    "revoke_note": Said(
        "吊销后中心立即不再收取该站的任何消息；村民在终端上办的事留在站内，恢复后补传。"
        "消息服务器在装上新列表后断开该站。未用的标签同时作废。",
        "The hub takes nothing more from it at once; what villagers do there stays in it and comes once restored."
        " The broker cuts it off once its new lists are installed. An unused label is void.",
    ),
    "reason": Said("事由（必填，留档）", "Why (needed, kept)"),
    "sure": Said("我已核实，确认吊销 {}", "I have made sure: revoke {}"),
    "not_sure": Said("请先勾选确认", "tick that you are sure"),
    "restore": Said("撤销吊销", "Take the revocation back"),
    "restore_note": Said(
        "原证书重新有效。若机器丢失过，请改为打印新标签、重新登记。",
        "Its certificates count again. If the machine was out of your hands, enrol it anew with a new label instead.",
    ),
}

STATES: Final[dict[str, Said]] = {
    "revoked": Said("已吊销", "Revoked"),
    "expired": Said("已过期", "Expired"),
    "due": Said("待续证", "To be renewed"),
    "live": Said("有效", "Valid"),
    "open": Said("标签待用", "Label unused"),
    "lapsed": Said("标签已失效", "Label over"),
    "none": Said("未登记", "Not enrolled"),
}
HOWS: Final[dict[str, Said]] = {
    "online": Said("联网登记", "enrolled on line"),
    "stick": Said("优盘登记", "enrolled by stick"),
    "renewal": Said("续证", "renewed"),
    "shown": Said("站点出示", "shown by the station"),
}
ENDS: Final[dict[str, Said]] = {
    "revoked": Said("已吊销", "revoked"),
    "replaced": Said("重新登记后失效", "set up anew since"),
    "followed": Said("续证后失效", "renewed since"),
}
BURNT: Final[dict[str, Said]] = {
    "online": Said("已用于联网登记", "used on line"),
    "stick": Said("已用于优盘登记", "used by stick"),
    "replaced": Said("已换新标签", "a newer label took its place"),
    "revoked": Said("已作废", "taken back, or void by a revocation"),
}
ACTS: Final[dict[str, Said]] = {
    "revoked": Said("吊销", "Revoked"),
    "restored": Said("撤销吊销", "Restored"),
    "replaced": Said("重新登记，旧证书失效", "Set up anew; what it had before ended"),
    "followed": Said("续证，旧证书失效", "Renewed; what it had before ended"),
    "added": Said("补录优盘签发的证书", "A laptop's certificate was taken in"),
}
DOUBTS: Final[dict[str, Said]] = {
    "E-ENR-37": Said("已用过的标签又被另一台机器出示", "A used label was shown by another machine"),
    "E-ENR-22": Said("已吊销的站点又来申请证书", "A revoked station asked for a certificate"),
    "E-ENR-27": Said("已被替换的旧机器又来续证", "A machine that was replaced asked to renew"),
    "E-ENR-38": Said("有人出示了笔记本未上报的证书", "A certificate was shown that no laptop reported"),
    "E-ENR-35": Said("同一标签在中心和笔记本各用了一次", "One label was used at the hub and at a laptop"),
}

TABLES: Final = {
    "certificates": CERTIFICATES,
    "certificate_state": STATES,
    "certificate_how": HOWS,
    "certificate_end": ENDS,
    "label_burnt": BURNT,
    "trust_act": ACTS,
    "enrolment_doubt": DOUBTS,
}
