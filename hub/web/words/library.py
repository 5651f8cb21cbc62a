"""Words of the county's library: kinds of documents, their fields, what is wrong of one, how it stands at stations."""

from typing import Final

from hub.web.words.said import Said

KIND: Final[dict[str, Said]] = {
    "roster": Said("通讯录与值班表", "Directory and roster"),
    "notices": Said("通知公告", "Notices"),
    "disclosure": Said("村务公开", "Public affairs of the village"),
    "papers": Said("法律援助材料清单", "What to bring for legal aid"),
    "hotline": Said("热线与视频", "Hotline and video"),
    "learning": Said("普法学习", "Learning the law"),
    "templates": Said("文书模板", "Documents to fill in"),
    "notary_guide": Said("公证指引", "Guide to the notary"),
    "forensic_guide": Said("司法鉴定指引", "Guide to forensic opinions"),
    "texts": Said("终端用语", "Words of the kiosk"),
}
"""Every kind, the most often edited first."""

PART: Final[dict[str, Said]] = {
    "name": Said("姓名", "Name"),
    "role": Said("身份", "Role"),
    "phone": Said("电话", "Telephone"),
    "office": Said("单位", "Office"),
    "place": Said("地点", "Where"),
    "duties": Said("值班时间", "On duty"),
    "id": Said("编号", "Id"),
    "title": Said("标题", "Title"),
    "text": Said("正文", "Text"),
    "until": Said("到哪天为止", "Until"),
    "topic": Said("分类", "Topic"),
    "due": Said("应公开日期", "Due on"),
    "published": Said("公开日期", "Made public on"),
    "blanks": Said("空格", "Gaps"),
    "number": Said("电话号码", "Number"),
    "hours": Said("服务时间", "Hours"),
    "video": Said("接受视频通话", "Takes video calls"),
    "video_hours": Said("视频时间", "Hours of video"),
}
"""The label of each field."""

HINT: Final[dict[str, Said]] = {
    "duties": Said(
        "如 9:00-11:30，14:00-17:00；不值班的留空", "as 9:00-11:30, 14:00-17:00; empty where nobody is there"
    ),
    "phone": Said("数字、空格、短横，3 至 19 位", "digits, blanks and dashes, 3 to 19"),
    "blanks": Said("正文中写 {编号} 的地方，由来人填写", "where the text says {id}, the visitor fills it in"),
    "published": Said("未公开的留空", "empty while it is not public yet"),
    "until": Said("过期后首页不再显示；长期的留空", "after it the first screen shows it no more; empty for always"),
    "options": Said("可选项，一行一个", "choices, one a line"),
}

CHOICE: Final[dict[str, Said]] = {
    "legal_adviser": Said("法律顾问", "Legal adviser"),
    "mediator": Said("人民调解员", "Mediator"),
    "law_helper": Said("法律明白人", "Law helper"),
    "staff": Said("工作人员", "Staff"),
    "text": Said("文字", "Text"),
    "amount": Said("金额", "Amount"),
    "day": Said("日期", "Day"),
    "phone": Said("电话", "Telephone"),
    "id_number": Said("身份证号", "ID number"),
}

WRONG: Final[dict[str, Said]] = {
    "needed": Said("必填（中文不能空）", "needed (in Chinese)"),
    "long": Said("太长", "too long"),
    "phone": Said("应为 3 至 19 位数字、空格或短横", "3 to 19 digits, blanks or dashes"),
    "day": Said("没有这一天，应为 2026-11-30 这样的日期", "no such day; as 2026-11-30"),
    "hours": Said("看不懂，应为 9:00-11:30 这样的时间", "not understood; as 9:00-11:30"),
    "order": Said("结束应晚于开始", "it must end after it begins"),
    "word": Said("不能这样写（编号只能用小写字母、数字和下划线）", "not allowed (an id has small letters, digits, _)"),
    "gap": Said("正文里的 {…} 与下面的空格对不上，或空格编号重复", "a {…} has no gap below, or two share an id"),
    "taken": Said("已有同样编号的一条", "there is one of this id already"),
}
"""What is wrong of a field (`hub/library/filling.py`)."""

LACKS: Final[dict[str, Said]] = {
    "refused": Said("已拒收", "refused it"),
    "ahead": Said("版本超前，须重新下发", "holds a later one; publish anew"),
    "offline": Said("离线", "offline"),
    "maintenance": Said("检修", "maintenance"),
    "unknown": Said("状态未知", "unknown"),
    "unseen": Said("从未上线", "never seen"),
    "on_its_way": Said("在线，正在下发", "online, on its way"),
}

WHAT: Final[dict[str, Said]] = {
    "added": Said("新增", "Added"),
    "removed": Said("删除", "Removed"),
    "changed": Said("修改", "Changed"),
    "moved": Said("调整顺序", "Moved"),
}

WEEKDAY: Final[dict[str, Said]] = {
    "1": Said("周一", "Monday"),
    "2": Said("周二", "Tuesday"),
    "3": Said("周三", "Wednesday"),
    "4": Said("周四", "Thursday"),
    "5": Said("周五", "Friday"),
    "6": Said("周六", "Saturday"),
    "7": Said("周日", "Sunday"),
}

LIBRARY: Final[dict[str, Said]] = {
    "title": Said("资料库", "Library"),
    "county": Said("全县", "Whole county"),
    "scope": Said("范围", "For"),
    "version": Said("版本", "Version"),
    "at": Said("时间", "At"),
    "by": Said("经办", "By"),
    "stations": Said("已有 / 应有", "Have / should"),
    "lack": Said("缺 {}", "{} lack it"),
    "withdrawn": Said("已撤回", "withdrawn"),
    "nothing": Said("尚未下发", "nothing published yet"),
    "drafts": Said("正在起草", "Drafts"),
    "draft_of": Said("{} 于 {} 保存", "saved by {} at {}"),
    "edit": Said("修改", "Edit"),
    "begin": Said("起草", "Write"),
    "go_on": Said("继续修改草稿", "Go on with the draft"),
    "begin_for": Said("单独起草给", "Write one for"),
    "town": Said("乡镇", "Towns"),
    "station": Said("站点", "Villages"),
    "county_note": Said(
        "村级优先于镇级，镇级优先于县级：村里另有一份的，县里的改动到不了那里。",
        "A village's own counts before its town's, a town's before the county's: what the county changes does not reach"
        " a village that has its own.",
    ),
    "unreadable": Said("暂时无法读取资料库，请稍后再看。", "The library cannot be read now; look again later."),
    "contents": Said("内容", "What it says"),
    "who_lacks": Said("还没有的站点 {}", "{} stations lack it"),
    "all_have": Said("应有的站点都已有。", "Every station that should have it has it."),
    "holds": Said("现有", "Has"),
    "why": Said("原因", "Why"),
    "versions": Said("各版本", "Versions"),
    "compare": Said("与上一版比较", "Against the one before"),
    "restore": Said("恢复此版", "Bring back"),
    "withdraw": Said("撤回", "Withdraw"),
    "withdraw_note": Said(
        "撤回后各站点改用上一级范围的版本；没有的就不再显示。版本都保留，随时可以恢复。",
        "After that stations use what a wider scope has, or nothing. Every version stays and can be brought back.",
    ),
    "sure": Said("确定撤回", "Yes, withdraw it"),
    "reason": Said("事由", "Why"),
    "by_day": Said("按日值班", "Day by day"),
    "nobody": Said("无人值班", "nobody"),
    "rows": Said("共 {} 条", "{} entries"),
    "empty": Said("还没有内容。", "Nothing in it yet."),
    "add": Said("新增一条", "Add one"),
    "row": Said("第 {} 条", "Entry {}"),
    "new_row": Said("新的一条", "A new entry"),
    "own": Said("总体", "Of the whole"),
    "save": Said("保存", "Save"),
    "up": Said("上移", "Up"),
    "down": Said("下移", "Down"),
    "remove": Said("删除", "Remove"),
    "leave": Said("不改了", "Leave it"),
    "preview": Said("预览与下发", "Preview and publish"),
    "discard": Said("放弃草稿", "Throw the draft away"),
    "began": Said("自第 {} 版起草", "begun from version {}"),
    "began_empty": Said("从空白起草", "begun empty"),
    "saved": Said("{} 于 {} 保存", "saved by {} at {}"),
    "newer": Said(
        "起草之后，{} 又下发了第 {} 版。下发此草稿会盖过它，请先看下面的变化。",
        "Since this was begun {} published version {}. Publishing this draft goes over it; look at the changes below.",
    ),
    "as_kiosk": Said("终端上的样子", "As the kiosk shows it"),
    "usual": Said("标准字", "Usual size"),
    "large": Said("大字版", "Large"),
    "changes": Said("与现有版本相比", "Against what is published"),
    "no_changes": Said("与现有版本相同。", "The same as what is published."),
    "publish": Said("下发", "Publish"),
    "to": Said("下发给", "Publish for"),
    "same": Said("本范围：{}", "This scope: {}"),
    "chosen": Said("选定的乡镇和村", "The towns and villages chosen"),
    "choose": Said("请选择至少一个乡镇或村。", "Choose a town or village."),
    "chosen_note": Said(
        "选定的每个乡镇或村各得一份自己的版本，今后不再随上一级变化，直到撤回。",
        "Each chosen town or village gets an edition of its own, and no longer follows the wider one until withdrawn.",
    ),
    "whole_town": Said("全镇", "the whole town"),
    "own_edition": Said("另有 {} 个站点用自己的版本，不受影响。", "{} stations have their own and keep it."),
    "not_yet": Said("草稿还不能下发：", "The draft cannot be published yet:"),
    "gone": Said("没有这样的资料或草稿。", "There is no such document or draft."),
    "back": Said("返回", "Back"),
    "to_list": Said("资料库", "Library"),
    "before": Said("原来", "Before"),
    "after": Said("现在", "Now"),
    "field": Said("项目", "Field"),
    "your_words": Said(
        "您刚才填的还在下面，看过对方的改动后可再次保存。", "What you typed is still below: look, then save again."
    ),
    "not_saved": Said("没有保存，请改正标出的地方。", "Not saved; please correct what is marked."),
    "hint_chinese": Said("中文", "Chinese"),
    "hint_english": Said("英文（可空）", "English (may be empty)"),
    "optional": Said("可空", "may be empty"),
    "key": Said("编号", "Id"),
    "label": Said("名称", "Label"),
    "kind": Said("类型", "Kind"),
    "options": Said("可选项", "Choices"),
    "until": Said("至 {}", "until {}"),
    "published_on": Said("已于 {} 公开", "made public on {}"),
    "due_on": Said("应于 {} 公开，尚未公开", "due on {}, not public yet"),
    "bring": Said("请带", "Bring"),
    "fill": Said("需填写", "To fill in"),
    "disclosures": Said("村务公开进度", "What villages owe to make public"),
}

TABLES: Final = {
    "library": LIBRARY,
    "doc_kind": KIND,
    "doc_part": PART,
    "doc_hint": HINT,
    "doc_choice": CHOICE,
    "doc_wrong": WRONG,
    "doc_lacks": LACKS,
    "doc_what": WHAT,
    "weekday": WEEKDAY,
}
