"""Words that every page of the console shares: where to go, who is signed in, what was done."""

from typing import Final

from hub.web.words.said import Said

NAV: Final[dict[str, Said]] = {
    "wall": Said("大屏", "Wall"),
    "incidents": Said("事件", "Incidents"),
    "calls": Said("求助", "Calls"),
    "visits": Said("来访", "Visits"),
    "windows": Said("计划时段", "Planned"),
    "library": Said("资料库", "Library"),
    "work": Said("工作清单", "My work"),
    "exchange": Said("数据交换", "Exchange"),
    "lines": Said("村村通", "Lines"),
    "reports": Said("研判", "Reports"),
    "stations": Said("站点", "Stations"),
    "admin": Said("管理", "Admin"),
    "menu": Said("菜单", "Menu"),
    "pages": Said("页面", "Pages"),
    "display": Said("显示", "Display"),
    "sign_out": Said("退出", "Sign out"),
    "account": Said("我的账号", "My account"),
    "theme": Said("明暗", "Theme"),
}
"""One row per entry of the navigation (`hub/web/pages.py`)."""

DONE: Final[dict[str, Said]] = {
    "saved": Said("已保存", "Saved"),
    "imported": Said("已导入", "Imported"),
    "report_draft": Said("已起草，请逐节核对修改", "Drafted: read and edit it section by section"),
    "report_submit": Said("已送审，待他人批准", "Submitted: another person approves it"),
    "report_approve": Said("已批准，内容不再改动", "Approved: it stays as it is"),
    "report_withdraw": Said("已退回草稿", "A draft again"),
    "report_distribute": Said("已分发并登记", "Distributed, and noted"),
    "report_correct": Said("已起草新版本，原版本不变", "A new version is drafted; the one before stays"),
    "warning_ack": Said("已签收", "Acknowledged"),
    "signed_out": Said("已退出", "You are signed out"),
    "password": Said("密码已修改，其他登录已结束", "The password is changed; every other session has ended"),
    "session_ended": Said("登录已结束", "The session has ended"),
    "totp_off": Said("动态验证码已停用", "Codes of a telephone are off"),
    "call_ack": Said("已签收，由您负责", "Acknowledged: it is yours now"),
    "call_dispatch": Said("已记下派了谁", "Noted who was sent"),
    "call_close": Said("已办结", "Closed"),
    "call_note": Said("备注已记下", "The note is kept"),
    "ack": Said("已签收", "Acknowledged"),
    "dispatch": Said("已派单", "Dispatched"),
    "resolve": Said("已记为处置完毕", "Noted as resolved"),
    "close": Said("已复查销号", "Closed"),
    "reopen": Said("已退回", "Reopened"),
    "note": Said("备注已记下", "The note is kept"),
    "supervise": Said("已列入督办", "Under supervision now"),
    "undo": Said("已撤回", "Taken back"),
    "window_add": Said("计划时段已登记，中心几秒内生效", "Planned; it counts within seconds"),
    "window_end": Said("计划时段已结束", "Ended"),
    "in_service": Said("站点已启用", "In service now"),
    "out_of_service": Said("站点已停用", "Out of service now"),
    "token_ended": Said("已停用，使用它的程序即被拒绝", "Ended: what uses it is refused from now on"),
    "account_ended": Said("账号已停用，其登录已结束", "The account has ended, and its sessions"),
    "unlocked": Said("已解除锁定", "Unlocked"),
    "sessions_over": Said("其全部登录已结束", "Every session of it has ended"),
    "screen_paired": Said("已配对，该屏几秒内变成大屏", "Paired: the screen becomes the wall within seconds"),
    "screen_ended": Said("已撤销，该屏几秒内不再显示", "Revoked: the screen shows nothing more within seconds"),
    "assigned": Said("已指派", "Assigned"),
    "step_written": Said("已登记，本人刷卡可查", "Written down; its person can read it with their card"),
    "step_undone": Said("已撤回，终端不再显示", "Taken back; kiosks show it no more"),
    "held": Said("已要求留存，不会被清除", "It is kept from being erased"),
    "let_go": Said("留存已解除", "It may be erased again"),
    "call_back_opened": Said("已列入回访", "They will be called back"),
    "call_written": Said("回访已登记", "The call is written down"),
    "put_right": Said("整改已登记", "Written down as put right"),
    "published": Said("已下发，在线的站点几秒内收到", "Published: stations online have it within seconds"),
    "restored": Said("已恢复并重新下发", "Brought back and published anew"),
    "withdrawn": Said("已撤回", "Withdrawn"),
    "handed_in": Said("已上报", "Handed in"),
    "discarded": Said("草稿已放弃", "The draft is thrown away"),
    "ordered": Said("指令已下达，结果见下方", "Ordered; what becomes of it stands below"),
}
"""What the top of a page says after a form was carried out; `?done=KEY` names the row."""

ROLES: Final[dict[str, Said]] = {
    "viewer": Said("查看员", "Viewer"),
    "operator": Said("值班员", "Operator"),
    "supervisor": Said("督导员", "Supervisor"),
    "technician": Said("运维员", "Technician"),
    "administrator": Said("管理员", "Administrator"),
}

TABLES: Final = {"nav": NAV, "done": DONE, "role": ROLES}
