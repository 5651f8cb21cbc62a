"""Where a record comes from: the "2+6" of 信息采集, two kinds of platform and six channels (pure).

Two platforms: the hotline 12348 and the province's 一体化智能平台. Six channels: 三微两网一端 and the old ways as a
county groups them. Another county's grouping is another line here; nothing else knows the codes.
"""

from typing import Final, Literal, NamedTuple, get_args

Platform = Literal["hotline", "provincial"]
Channel = Literal["kiosk", "window", "phone", "web", "wechat", "app"]
PLATFORMS: Final[tuple[Platform, ...]] = get_args(Platform)
CHANNELS: Final[tuple[Channel, ...]] = get_args(Channel)


class Source(NamedTuple):
    """What a code of a source is called, and what other platforms write for it."""

    code: str
    """As files that go out carry it: P1, P2 for platforms, C1 to C6 for channels."""
    zh: str
    en: str
    also: tuple[str, ...] = ()


PLATFORM: Final[dict[Platform, Source]] = {
    "hotline": Source("P1", "12348热线平台", "the hotline 12348", ("12348", "热线", "12348热线")),
    "provincial": Source("P2", "省一体化智能平台", "the province's platform", ("一体化平台", "省平台")),
}
CHANNEL: Final[dict[Channel, Source]] = {
    "kiosk": Source("C1", "村居终端", "kiosk in a village", ("自助终端", "终端", "一体机")),
    "window": Source("C2", "窗口来访", "at the window", ("窗口", "来访", "现场")),
    "phone": Source("C3", "电话", "by telephone", ("来电", "12348", "热线")),
    "web": Source("C4", "网站", "web site", ("网络", "门户网站", "法网")),
    "wechat": Source("C5", "微信", "WeChat", ("微信公众号", "公众号", "小程序")),
    "app": Source("C6", "客户端", "app", ("APP", "手机客户端", "移动端")),
}
