"""Words of the administration: pairing screens, tokens of programs, accounts."""

from typing import Final

from hub.web.words.said import Said

ADMIN: Final[dict[str, Said]] = {
    "pages": Said("管理页面", "Administration"),
    "accounts": Said("账号", "Accounts"),
    "tokens": Said("接口令牌", "Tokens"),
    "screens": Said("大屏", "Screens"),
    "audit": Said("审计日志", "Audit log"),
    "never": Said("从未", "never"),
    "ended": Said("{} 已停用", "ended {}"),
    "area": Said("负责范围", "Area"),
    "whole_county": Said("全县", "The whole county"),
    "towns": Said("乡镇（都不选即全县）", "Towns (none is the whole county)"),
    "sure": Said("停用后无法恢复，只能新建。", "What is ended cannot be brought back; another must be made."),
    "end": Said("停用", "End"),
    "end_of": Said("停用 {}", "End {}"),
}
"""What the pages share."""

PAIR: Final[dict[str, Said]] = {
    "title": Said("配对大屏", "Pair this screen"),
    "sign_in": Said("不是大屏，我要登录", "This is no wall: sign in"),
    "code": Said("本屏编码", "Code of this screen"),
    "until": Said("{} 前有效，到时自动换新", "good until {}, then a new one comes by itself"),
    "first": Said("在电脑或手机上打开", "On a computer or phone open"),
    "second": Said(
        "由运维员或管理员登录，输入上面的编码，给本屏取名",
        "A technician or administrator signs in, types the code above and names this screen",
    ),
    "third": Said("本屏随即自动变成大屏，无需触碰", "This screen then becomes the wall by itself; touch nothing"),
    "qr": Said("二维码：{}", "QR code: {}"),
    "scan": Said("或扫码打开，编码已填好", "or scan: the code is filled in"),
    "waiting": Said("正在等待确认…", "Waiting to be confirmed…"),
    "cut": Said("与中心断开，正在自动重试…", "No line to the hub; trying again by itself…"),
    "full": Said("等待配对的大屏过多", "Too many screens wait to be paired"),
    "full_note": Said("半分钟后自动再试", "It tries again by itself in half a minute"),
}

SCREENS: Final[dict[str, Said]] = {
    "title": Said("大屏", "Screens"),
    "add": Said("配对一块大屏", "Pair a screen"),
    "how": Said(
        "在那块屏的浏览器中打开 {}，它会显示 8 位编码。",
        "Open {} in that screen's browser: it shows a code of 8 signs.",
    ),
    "code": Said("屏上的编码", "Code on the screen"),
    "name": Said("名称", "Name"),
    "name_note": Said("如：一楼指挥大厅左屏", "e.g. Command hall, left"),
    "pair": Said("配对", "Pair"),
    "only": Said(
        "只配对您亲眼看见的屏。大屏只能看，看不到任何个人信息，也看不到事件中人写的备注。",
        "Pair only a screen you can see yourself. It only looks: no personal data, and no notes that people wrote.",
    ),
    "paired": Said("已配对", "Paired"),
    "none": Said("还没有配对的大屏。", "No screen is paired yet."),
    "by": Said("配对人", "Paired by"),
    "at": Said("配对时间", "Paired at"),
    "from": Said("来自", "From"),
    "seen": Said("最近在看", "Last seen"),
    "revoke": Said("撤销", "Revoke"),
    "revoke_of": Said("撤销 {}", "Revoke {}"),
    "revoke_note": Said(
        "撤销后几秒内该屏即看不到任何内容，并重新显示编码。", "Within seconds it shows nothing more, and asks again."
    ),
    "ended": Said("近 30 天撤销的", "Revoked in the last 30 days"),
    "ended_at": Said("撤销时间", "Revoked at"),
}

TOKENS: Final[dict[str, Said]] = {
    "title": Said("接口令牌", "Tokens"),
    "add": Said("新建令牌", "Make a token"),
    "name": Said("给哪个程序用（a-z 0-9 . _ -）", "For which program (a-z 0-9 . _ -)"),
    "may": Said("可以做什么", "What it may do"),
    "days": Said("有效天数（最多 {}）", "Days it is good for (at most {})"),
    "make": Said("新建", "Make"),
    "only": Said(
        "只能给出本人也有的权限；其余由中心主机上的 hub token add 新建。打开身份、画面、个人档案的权限不给程序。",
        "Only what you may do yourself; others are made by hub token add at the hub's machine. No program opens"
        " identities, pictures or a person's file.",
    ),
    "made": Said("{} 的令牌，只显示这一次：", "The token of {}, shown this once only:"),
    "made_note": Said(
        "现在就抄到那个程序的设置里；离开本页后无法再看到，只能停用后新建。",
        "Put it into that program's settings now: nobody can see it again, only end it and make another.",
    ),
    "soon": Said("14 天内到期，请及时换新：", "These expire within 14 days; make new ones in time:"),
    "standing": Said("有效", "Valid"),
    "none": Said("没有有效的令牌。", "No token is valid."),
    "by": Said("新建人", "Made by"),
    "at": Said("新建时间", "Made at"),
    "expires": Said("到期", "Expires"),
    "used": Said("最近使用", "Last used"),
    "over": Said("近 90 天停用或到期的", "Ended or expired in the last 90 days"),
    "expired": Said("{} 到期", "expired {}"),
}

PERMISSIONS: Final[dict[str, Said]] = {
    "see": Said("看（无个人信息）", "See, without personal data"),
    "incident": Said("处置事件", "Act on incidents"),
    "supervise": Said("督办、指派、审批", "Supervise, assign, approve"),
    "plan": Said("计划时段", "Planned times"),
    "command": Said("向站点下指令", "Orders to stations"),
    "still": Said("抓图并查看", "Take and open pictures"),
    "visit": Said("来访清单与办理（身份掩码）", "Visits, masked, and their steps"),
    "identity": Said("打开身份与留言", "Open who came and what they said"),
    "person": Said("导出或删除个人信息", "Export or erase a person's data"),
    "library": Said("编辑下发资料", "Edit and publish documents"),
    "report": Said("起草报告", "Draft reports"),
    "exchange": Said("导入导出", "Import and export"),
    "screen": Said("配对大屏", "Pair screens"),
    "account": Said("账号与令牌", "Accounts and tokens"),
    "audit": Said("看审计日志", "Read the audit log"),
}
"""One row per permission (`hub/access/roles.py`)."""

TABLES: Final = {"admin": ADMIN, "pair": PAIR, "screens": SCREENS, "tokens": TOKENS, "permission": PERMISSIONS}
