"""Words of the audit log: every act that is written into it, and its page."""

from typing import Final

from hub.web.words.said import Said

ACTS: Final[dict[str, Said]] = {
    "account.change": Said("修改账号", "Changed an account"),
    "account.end": Said("停用账号", "Ended an account"),
    "account.make": Said("新建账号", "Made an account"),
    "account.password": Said("重置密码", "Reset a password"),
    "account.sessions": Said("结束账号的登录", "Ended an account's sessions"),
    "account.unlock": Said("解除锁定", "Unlocked an account"),
    "audit.export": Said("导出审计日志", "Exported the audit log"),
    "backup.make": Said("生成备份", "Made a backup"),
    "backup.restore": Said("恢复备份", "Restored a backup"),
    "call.ack": Said("签收求助", "Acknowledged a call for help"),
    "call.close": Said("办结求助", "Closed a call for help"),
    "call.dispatch": Said("派人处理求助", "Sent somebody to a call for help"),
    "call.note": Said("备注求助", "Noted something about a call for help"),
    "incident.ack": Said("签收事件", "Acknowledged an incident"),
    "incident.close": Said("复查销号", "Closed an incident"),
    "incident.dispatch": Said("派单", "Dispatched an incident"),
    "incident.note": Said("备注事件", "Noted something about an incident"),
    "incident.reopen": Said("退回事件", "Reopened an incident"),
    "incident.resolve": Said("事件处置完毕", "Resolved an incident"),
    "incident.supervise": Said("督办事件", "Supervised an incident"),
    "incident.undo": Said("撤回对事件的操作", "Took back an act on an incident"),
    "library.discard": Said("放弃资料草稿", "Threw a draft of a document away"),
    "library.publish": Said("下发资料", "Published a document"),
    "library.restore": Said("恢复资料旧版", "Brought an older document back"),
    "library.withdraw": Said("撤回资料", "Withdrew a document"),
    "record.export": Said("导出记录", "Exported records"),
    "own.password": Said("修改自己的密码", "Changed their password"),
    "own.sessions": Said("结束自己的登录", "Ended sessions of their own"),
    "own.totp_off": Said("停用动态验证码", "Turned codes of a telephone off"),
    "own.totp_on": Said("启用动态验证码", "Turned codes of a telephone on"),
    "screen.end": Said("撤销大屏", "Revoked a screen"),
    "screen.pair": Said("配对大屏", "Paired a screen"),
    "station.commission": Said("启用站点", "Put a station into service"),
    "station.decommission": Said("停用站点", "Took a station out of service"),
    "signin.open": Said("登录", "Signed in"),
    "signin.out": Said("退出", "Signed out"),
    "signin.recovery": Said("用恢复码登录", "Signed in by a recovery code"),
    "signin.refused": Said("登录被拒绝", "Was refused at the door"),
    "station.order": Said("向站点下指令", "Gave a station an order"),
    "still.open": Said("调阅画面", "Opened a picture"),
    "ticket.import": Said("导入工单", "Imported tickets"),
    "token.end": Said("停用令牌", "Ended a token"),
    "token.make": Said("新建令牌", "Made a token"),
    "visit.open": Said("打开来访", "Opened a visit"),
    "window.add": Said("登记计划时段", "Planned a time"),
    "window.end": Said("结束计划时段", "Ended a planned time"),
}
"""One row for each act of a `Deed` (`hub/access/chain.py`), sorted; a test holds it complete."""

AUDIT: Final[dict[str, Said]] = {
    "title": Said("审计日志", "Audit log"),
    "who": Said("谁", "Who"),
    "anybody": Said("任何人", "anybody"),
    "act": Said("做了什么", "What"),
    "any_act": Said("任何操作", "anything"),
    "subject": Said("对象", "To what"),
    "reason": Said("事由", "Why"),
    "since": Said("自（日期）", "From (day)"),
    "until": Said("至（日期）", "To (day)"),
    "show": Said("查看", "Show"),
    "all": Said("全部", "Everything"),
    "export": Said("导出 CSV", "Export as CSV"),
    "number": Said("编号", "Number"),
    "at": Said("时间", "At"),
    "unit": Said("单位", "Unit"),
    "role": Said("身份", "As"),
    "address": Said("来自", "From"),
    "older": Said("更早的", "Older"),
    "none": Said("没有符合的记录。", "No entry fits."),
    "unreadable": Said("暂时无法读取，请稍后再看。", "It cannot be read now; look again later."),
    "end": Said("末条", "Last entry"),
    "end_note": Said(
        "请定期把这一行抄到别处。以后用 hub verify-audit --expect 编号:指纹 核对，可发现日志末尾被截去或整体重写。",
        "Write this line down elsewhere now and then. hub verify-audit --expect NUMBER:FINGERPRINT finds by it a log"
        " whose end was cut off, or that was written anew.",
    ),
    "command": Said("中心主机", "the hub's machine"),
}

AS: Final[dict[str, Said]] = {
    "account": Said("未登录者", "Nobody signed in"),
    "command": Said("命令", "Command"),
    "token": Said("令牌", "Token"),
    "screen": Said("大屏", "Screen"),
}
"""What somebody acted as who has no role."""

TABLES: Final = {"deed": ACTS, "audit": AUDIT, "acted_as": AS}
