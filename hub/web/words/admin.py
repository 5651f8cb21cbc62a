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

ACCOUNTS: Final[dict[str, Said]] = {
    "title": Said("账号", "Accounts"),
    "add": Said("新建账号", "Make an account"),
    "name": Said("用户名（登录用）", "User name, to sign in with"),
    "full_name": Said("姓名（记入日志，不能与他人相同）", "Full name, for the logs; nobody else's"),
    "unit": Said("单位", "Unit"),
    "role": Said("角色", "Role"),
    "make": Said("新建", "Make"),
    "roles": Said("各角色可以做什么", "What each role may do"),
    "secret": Said("{} 的一次性密码，只显示这一次：", "The password of {} for the first time, shown this once only:"),
    "secret_note": Said(
        "请当面或电话告诉本人；首次登录必须改成自己的密码。",
        "Tell it in person or by telephone; it must be changed at once.",
    ),
    "standing": Said("在用", "In use"),
    "state": Said("状态", "State"),
    "signed_in": Said("{} 处登录", "signed in at {}"),
    "signed_out": Said("未登录", "not signed in"),
    "locked": Said("已锁定", "locked"),
    "must_change": Said("待改密码", "to change the password"),
    "phone": Said("动态验证码", "telephone code"),
    "edit": Said("管理", "Manage"),
    "edit_of": Said("管理 {}", "Manage {}"),
    "ended": Said("已停用的账号 {}", "Ended accounts {}"),
    "own": Said("这是您自己的账号：由其他管理员修改。", "This is your own account: another administrator changes it."),
    "over": Said("已停用，不能再修改；名字留在日志里。", "Ended for good; its name stays in the logs."),
    "made": Said("{} 由 {} 新建", "made {} by {}"),
    "change": Said("单位、角色与范围", "Unit, role and area"),
    "save": Said("保存", "Save"),
    "at_once": Said("立即生效。", "It holds at once."),
    "password": Said("重置密码", "Reset the password"),
    "password_note": Said("给出一次性密码，所有登录随即结束。", "Gives a password for one time; every session ends."),
    "unlock": Said("解除锁定", "Unlock"),
    "unlock_note": Said("错误密码过多，暂不接受登录。", "Too many wrong passwords: none is looked at for now."),
    "phone_off": Said("停用动态验证码", "Turn off the telephone code"),
    "phone_note": Said("手机丢失且没有恢复码时用。", "For a lost telephone without recovery codes."),
    "sessions": Said("登录 {}", "Sessions {}"),
    "end_sessions": Said("结束全部登录", "End every session"),
    "end": Said("停用账号", "End the account"),
    "end_note": Said(
        "人员离岗时停用：登录立即结束，不能恢复。记录与日志保留。",
        "When somebody leaves: sessions end at once, and it does not come back. Records and logs stay.",
    ),
    "end_sure": Said("确认停用 {}", "Yes, end {}"),
    "back": Said("全部账号", "All accounts"),
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
    "provision": Said("站点证书与软件升级", "Certificates and software of stations"),
    "account": Said("账号与令牌", "Accounts and tokens"),
    "audit": Said("看审计日志", "Read the audit log"),
}
"""One row per permission (`hub/access/roles.py`)."""

TABLES: Final = {
    "admin": ADMIN,
    "pair": PAIR,
    "screens": SCREENS,
    "tokens": TOKENS,
    "accounts": ACCOUNTS,
    "permission": PERMISSIONS,
}
