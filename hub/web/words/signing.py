"""Words of signing in and out, and of one's own account."""

from typing import Final

from hub.web.words.said import Said

SIGN_IN: Final[dict[str, Said]] = {
    "title": Said("登录", "Sign in"),
    "name": Said("用户名", "User name"),
    "password": Said("密码", "Password"),
    "go": Said("登录", "Sign in"),
    "wrong": Said("用户名或密码不正确。", "User name or password is wrong."),
    "code": Said("验证码不正确，或已用过；请等下一个。", "This code is wrong, or was used; wait for the next."),
    "wait": Said("尝试次数过多，请 {} 后再试。", "Too many tries; try again in {}."),
    "over": Said("这一步已超时，请重新登录。", "That took too long; sign in again."),
    "second": Said("动态验证码", "Code of your telephone"),
    "second_note": Said(
        "请输入手机上显示的 6 位数字；手机不在身边时，可输入一个恢复码。",
        "Type the 6 digits your telephone shows; without it, one of your recovery codes.",
    ),
    "go_on": Said("继续", "Go on"),
    "back": Said("重新登录", "Begin again"),
    "open": Said(
        "连接未加密：同一网络中的人可能看到密码。请管理员启用 TLS。",
        "This connection is not encrypted: others on the network may read the password. Ask for TLS.",
    ),
    "no_account": Said(
        "没有账号？请管理员新建。忘记密码也找管理员。",
        "No account, or a password forgotten? Ask an administrator.",
    ),
    "screen": Said("这是大屏，我要配对", "This is a wall: pair it"),
    "none_yet": Said(
        "本中心还没有账号。请在中心主机上运行：",
        "This centre has no account yet. On the hub's machine, run:",
    ),
}

ACCOUNT: Final[dict[str, Said]] = {
    "title": Said("我的账号", "My account"),
    "name": Said("用户名", "User name"),
    "full_name": Said("姓名", "Name"),
    "unit": Said("单位", "Unit"),
    "role": Said("角色", "Role"),
    "area": Said("负责区域", "Area"),
    "whole_county": Said("全县", "the whole county"),
    "language": Said("我的语言", "My language"),
    "language_note": Said("在哪台电脑登录都用它。", "Wherever you sign in."),
    "save": Said("保存", "Save"),
    "password": Said("密码", "Password"),
    "change": Said("修改密码", "Change the password"),
    "old": Said("现在的密码", "The password of now"),
    "new": Said("新密码", "The new password"),
    "again": Said("再输入一次新密码", "The new password again"),
    "rule": Said(
        "至少 12 个字符，任何字符都可以；一句只有自己想得到的话最好记。不必定期更换。",
        "At least 12 characters of any kind; a sentence only you would think of is easiest. It never expires.",
    ),
    "change_note": Said("修改后，这个账号在其他地方的登录全部结束。", "Then every other session of this account ends."),
    "must": Said(
        "这个密码是别人给的，只能用一次。请先设一个自己的密码。",
        "Somebody else chose this password. Choose one of your own first.",
    ),
    "own_wrong": Said("现在的密码不正确。", "The password of now is wrong."),
    "differ": Said("两次输入的新密码不一样。", "The two new passwords differ."),
    "unchanged": Said("新密码与现在的相同。", "The new password is the one of now."),
    "second": Said("动态验证码", "Code of a telephone"),
    "on": Said("已启用", "on"),
    "off": Said("未启用", "off"),
    "second_note": Said(
        "启用后，登录时除密码外还要输入手机上的 6 位数字；手机无需联网。",
        "Then signing in asks for 6 digits of your telephone too; it needs no network.",
    ),
    "codes_left": Said("恢复码还剩 {} 个", "{} recovery codes left"),
    "turn_on": Said("启用…", "Turn on…"),
    "turn_off": Said("停用", "Turn off"),
    "scan": Said(
        "用手机上的验证器应用扫这个码，再输入它显示的 6 位数字。",
        "Scan this with an authenticator on your telephone, then type the 6 digits it shows.",
    ),
    "by_hand": Said("不能扫码时手工输入：", "Where it cannot be scanned, type in:"),
    "digits": Said("6 位数字", "6 digits"),
    "picture": Said("二维码", "QR code"),
    "codes": Said("恢复码", "Recovery codes"),
    "codes_note": Said(
        "请抄下或打印，存放在安全的地方。只显示这一次；手机丢失时，每个可代替手机登录一次。",
        "Write them down and keep them safe. They are shown only now; each opens once where the telephone is lost.",
    ),
    "cancel": Said("取消", "Cancel"),
    "kept": Said("已存好", "They are kept"),
    "sessions": Said("登录记录", "Sessions"),
    "sessions_note": Said("不认识的，请结束它并修改密码。", "End what you do not know, and change the password."),
    "this": Said("本次", "this one"),
    "since": Said("登录", "Since"),
    "seen": Said("最近使用", "Last used"),
    "address": Said("来自", "From"),
    "browser": Said("浏览器", "Browser"),
    "end": Said("结束", "End"),
    "end_others": Said("结束其他全部", "End all others"),
    "ends": Said(
        "30 分钟不操作，或登录满 12 小时，自动退出。",
        "A session ends after 30 minutes without use, and after 12 hours.",
    ),
}

WEAK: Final[dict[str, Said]] = {
    "short": Said("太短：至少 12 个字符。", "Too short: at least 12 characters."),
    "long": Said("太长：至多 128 个字符。", "Too long: at most 128 characters."),
    "same": Said("重复太多，容易猜到。", "Too much of it repeats: it is easily guessed."),
    "run": Said(
        "是键盘或字母、数字的顺序，容易猜到。", "It runs along the keyboard or the alphabet: it is easily guessed."
    ),
    "known": Said("是最常见的密码之一，容易猜到。", "It is one of the passwords everybody uses."),
    "yours": Said(
        "与您的姓名、单位或本县名称太像，容易猜到。", "It is much like your name, your unit or the county's."
    ),
    "date": Said("是日期、电话或证件号码，容易猜到。", "It is a date, or a number of a telephone or a card."),
}
"""One row for each `Weakness` of `hub/access/passwords.py`."""

REFUSED: Final[dict[str, Said]] = {
    "s401": Said("请先登录", "Sign in first"),
    "s403": Said("没有权限", "Not allowed"),
    "s404": Said("没有这个页面", "There is no such page"),
    "s405": Said("不能这样打开", "It is not opened like this"),
    "s409": Said("情况已变化", "Things have changed"),
    "s413": Said("内容过大", "Too large"),
    "s421": Said("网址不对", "Wrong address"),
    "s422": Said("填写有误", "Not understood"),
    "s429": Said("请求过多", "Too many requests"),
    "s500": Said("中心程序出错", "An error of the hub"),
    "s503": Said("暂时不可用", "Not available now"),
    "other": Said("被拒绝", "Refused"),
    "home": Said("回到首页", "To the first page"),
    "back": Said("用浏览器的“后退”可回到刚才的页面。", "Your browser's Back leads to where you were."),
}
"""What the page says of a refusal, by its status."""

TABLES: Final = {"sign_in": SIGN_IN, "own": ACCOUNT, "weak": WEAK, "refused": REFUSED}
