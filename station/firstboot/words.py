"""The words of the setup screen, Chinese and English; what an error says of itself is its own."""

from typing import Final, Literal

from station.firstboot.status import StepName, StepState

Language = Literal["zh", "en"]

STEP_WORDS: Final[dict[StepName, tuple[str, str]]] = {
    "bundle": ("核对本站配置", "Check the bundle"),
    "install": ("安装配置", "Install it"),
    "label": ("核对标签", "Check the label"),
    "secrets": ("解封设备口令", "Open Wi-Fi, cameras"),
    "enrol": ("向县中心登记", "Enrol at the county"),
    "card": ("清除卡上密码", "Clean the card"),
    "handover": ("启动终端", "Start the kiosk"),
}
STATE_WORDS: Final[dict[StepState, tuple[str, str]]] = {
    "todo": ("", ""),
    "now": ("进行中", "now"),
    "waits": ("等待", "waits"),
    "failed": ("未通过", "failed"),
    "done": ("完成", "done"),
}
WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("村村通 站点开通", "Station setup"),
    "no_station": ("尚未读到本站配置", "No bundle was read yet"),
    "fingerprint": (
        "县级指纹（须与标签上印的一致，不一致请勿继续）",
        "County fingerprint: stop if the label's is another",
    ),
    "scan": ("扫描标签", "Scan label"),
    "type": ("输入标签码", "Type label"),
    "language": ("English", "中文"),
    "starting": ("正在启动", "Starting"),
    "starting_more": ("首次启动程序正在准备，请稍候。", "First boot is getting ready."),
    "working": ("请稍候", "Please wait"),
    "working_more": ("正在处理，无需操作；断电也不要紧。", "Nothing to do. A power cut does no harm."),
    "stale": ("程序没有响应", "Nobody answers"),
    "stale_more": (
        "首次启动程序一分钟没有消息。请断电后重新通电；仍如此请联系县中心。",
        "First boot has been silent for a minute. Switch off and on; if it stays so, call the county.",
    ),
    "finished": ("开通完成", "Done"),
    "finished_more": ("本站已登记，村民界面马上出现。", "This station is enrolled; the kiosk appears in a moment."),
    "wants": ("请出示本站标签", "Show this station's label"),
    "wants_more": (
        "先核对上面的指纹与标签一致，再扫描标签上的二维码，或输入标签上的 16 位码。",
        "Compare the fingerprint above with the label's. Then scan its code, or type its 16 letters.",
    ),
    "given": ("正在核对标签", "Checking the label"),
    "given_more": ("请稍候。", "Please wait."),
    "label_refused": ("标签未通过", "The label does not do"),
    "waits": ("正在等待", "Waiting"),
    "asked": ("申请已写入U盘", "The request is on the stick"),
    "asked_more": (
        "请拔下U盘，插到技术员的电脑上签发，再插回本机。",
        "Take the stick to the laptop, have it signed there, and put it back in here.",
    ),
    "newer_refused": ("新配置未采用", "Newer bundle not taken"),
    "next": ("下一步：", "Next: "),
    "erase": ("删除", "Erase"),
    "back": ("返回", "Back"),
    "ok": ("确定", "OK"),
    "typing": ("输入标签上的 16 位码（没有字母 I L O U）", "Type the label's 16 letters (there is no I, L, O or U)"),
    "no_u": ("标签码里没有这个字符", "No label has this sign"),
    "short": ("还没有输满 16 位", "16 letters are needed"),
    "looking": ("把标签的二维码对准摄像头，离 10 到 20 厘米", "Hold the label's code 10 to 20 cm before the camera"),
    "opening": ("正在打开摄像头", "Opening the camera"),
    "foreign_code": ("看到的不是站点标签", "That is not a station's label"),
    "no_camera": ("没有可用的摄像头，请改为输入标签码", "No camera can be used: type the label instead"),
    "not_written": ("无法交给首次启动程序，请重试", "It could not be handed over: try again"),
}
NEXT: Final[dict[str, tuple[str, str]]] = {
    "E-FIRST-01": (
        "关机，用技术员电脑重新写卡；或把配置包放进U盘的 cuncuntong 文件夹插入本机。",
        "Write the card anew, or plug in a stick with the bundle in its folder cuncuntong.",
    ),
    "E-FIRST-02": ("重新写卡；仍不行请换一张卡。", "Write the card anew, or take another card."),
    "E-FIRST-03": ("重新制作配置包并写卡。", "Build the bundle anew and write the card."),
    "E-FIRST-04": ("换一张更大或新的卡。", "Take a larger or a new card."),
    "E-FIRST-06": ("停止开通，联系县中心。", "Stop here and call the county."),
    "E-FIRST-07": ("找到本站的标签，或换上标签对应的卡。", "Find this station's label, or the label's card."),
    "E-FIRST-08": ("用新标签运行 station bundle apply --token。", "Run station bundle apply --token with its label."),
    "E-FIRST-10": ("本站可用；请在电脑上删除卡上的 token 文件。", "It works; remove the file token on a computer."),
    "E-FIRST-11": ("插入技术员制作的登记U盘。", "Plug in the technician's stick."),
    "E-FIRST-12": ("断电重启；仍如此请联系县中心。", "Switch off and on; if it stays so, call the county."),
    "E-FIRST-13": ("重新制作系统卡。", "Make the system card anew."),
    "E-ARC-01": ("重新写卡或重新复制到U盘。", "Write the card, or copy to the stick, again."),
    "E-ARC-02": ("先更新本机软件，或重新制作配置包。", "Update this software, or build the bundle anew."),
    "E-ARC-03": ("不要使用这张卡；重新写卡。", "Do not use this card; write it anew."),
    "E-ARC-04": ("不是本县的卡，请换卡或联系县中心。", "Not this county's card: take another, or call."),
    "E-ARC-05": ("重新制作配置包并写卡。", "Build the bundle anew and write the card."),
    "E-ARC-06": ("无需处理；要换回旧版请重新制作。", "Nothing; to go back, build it anew."),
    "E-ARC-07": ("换上本站的卡或配置包。", "Take this station's card or bundle."),
    "E-ENR-01": ("对照标签重新输入。", "Type it again from the label."),
    "E-ENR-13": (
        "用本站最新的标签；新站点请县中心先导入清单。",
        "Use the newest label; the county may first import it.",
    ),
    "E-ENR-14": ("请县中心重新打印标签。", "Have the county print a new label."),
    "E-ENR-15": ("请县中心重新打印标签。", "Have the county print a new label."),
    "E-IDENT-03": (
        "有网线就能继续；请用本站最新的标签和卡。",
        "By cable it goes on; use the newest label and its card.",
    ),
    "E-IDENT-04": (
        "检查网线、无线或路由器；也可插入登记U盘。会一直重试。",
        "Check cable, Wi-Fi, router, or use the stick. It goes on.",
    ),
    "E-IDENT-06": ("检查配置中的中心地址；也可插入登记U盘。", "Check the hub's address, or use the stick."),
    "E-IDENT-08": ("在技术员电脑上重新制作登记U盘。", "Make the stick anew on the laptop."),
    "E-IDENT-09": ("换一个U盘。", "Take another stick."),
}
"""What to do about a code; for one that stands not here the refusal itself says it."""


def word(of: tuple[str, str], language: Language) -> str:
    """Return the half of a pair that is in this language."""
    return of[0] if language == "zh" else of[1]


def say(what: str, language: Language) -> str:
    """Return the text `what` of WORDS."""
    return word(WORDS[what], language)
