"""Words that every page of the console shares: where to go, who is signed in, what was done."""

from typing import Final

from hub.web.words.said import Said

NAV: Final[dict[str, Said]] = {
    "wall": Said("大屏", "Wall"),
    "incidents": Said("事件", "Incidents"),
    "lines": Said("村村通", "Lines"),
    "stations": Said("站点", "Stations"),
    "admin": Said("管理", "Administration"),
    "pages": Said("页面", "Pages"),
    "sign_out": Said("退出", "Sign out"),
    "account": Said("我的账号", "My account"),
    "theme": Said("明暗", "Theme"),
}
"""One row per entry of the navigation (`hub/web/pages.py`)."""

DONE: Final[dict[str, Said]] = {
    "saved": Said("已保存", "Saved"),
    "screen_paired": Said("已配对，该屏几秒内变成大屏", "Paired: the screen becomes the wall within seconds"),
    "screen_ended": Said("已撤销，该屏几秒内不再显示", "Revoked: the screen shows nothing more within seconds"),
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
