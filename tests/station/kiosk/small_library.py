"""A small library that leads everywhere."""

from station.kiosk.content import Library
from wire import content as c


def _articles(name: str) -> c.Articles:
    return c.Articles([c.Article(name, c.Text(f"{name}的题目", f"On {name}"), c.LongText("第一段\n第二段"))])


LIBRARY = Library(
    hotline=c.Hotline("12348", c.Text("全天", "day and night"), video=True),
    roster=c.Roster(
        [
            c.Person("测试顾问", "legal_adviser", "000 0001", duties=[c.Duty(2, "09:00", "17:00")]),
            c.Person("测试站员", "staff", "000 0002"),
        ]
    ),
    notices=c.Notices([c.Notice("n1", c.Text("测试通知", "A notice"), c.LongText("内容"))]),
    papers=c.Papers([c.Text("身份证", "ID card")], c.Text("测试司法所", "Test office"), "000 0003"),
    learning=_articles("learning"),
    notary_guide=_articles("notary"),
    forensic_guide=_articles("forensic"),
    disclosure=c.Disclosure([c.Disclosed("d1", c.Text("测试收支", "Accounts"), "2026-10-01", text=c.LongText("内容"))]),
    templates=c.Templates(
        [
            c.Template(
                "iou",
                c.Text("借条", "IOU"),
                "今借到{who}{how}",
                [
                    c.Blank("who", c.Text("出借人", "Lender")),
                    c.Blank("how", c.Text("方式", "How"), options=["现金", "转账"]),
                ],
            )
        ]
    ),
)
