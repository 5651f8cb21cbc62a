"""The screens of what a villager comes for, in both languages and at every size: whole, large enough, and true."""

import asyncio
import gc
from datetime import date, datetime

import cv2
import numpy as np
import pytest
from msgspec import structs
from textual.widgets import Static

from station.clock import CHINA, Stamp
from station.kiosk.content import EMPTY, Library
from station.kiosk.events import Answered, CardRead, DevicesTold, LibraryTold, Printed, StaffTold, Store, StoreTold
from station.kiosk.screens.codes import codes
from station.kiosk.shelves import entries
from station.kiosk.state import State, Step
from tests.station.kiosk.fakes import NUMBER
from tests.station.kiosk.people import PERSON
from tests.station.kiosk.visitor import LANGUAGES, SHAPES, all_fit, at, kiosk
from wire import content as c
from wire.asking import Case, Cases, CaseStep
from wire.records import Language

LONG = "测试村委会应当按月公布收支，" * 21
LONG_EN = "The village publishes its accounts each month and explains them. " * 9
NAME_EN = "Testfirstname Testlastname III"
RARE = "测试𠮷𤭢"
DAY = date(2026, 11, 28)
AT_MS = int(datetime(2026, 11, 20, 9, 30, tzinfo=CHINA).timestamp() * 1000)


def text(zh: str = LONG[:290], en: str = LONG_EN[:590]) -> c.Text:
    return c.Text(zh, en)


def articles(count: int) -> c.Articles:
    return c.Articles(
        [
            c.Article(
                f"a{place}",
                text() if place == 0 else c.Text(f"测试第{place}篇", f"Test text {place}"),
                c.LongText(LONG * 4, LONG_EN * 4) if place == 0 else c.LongText("只有一行", "One line"),
                c.Text("测试类", "Tests"),
            )
            for place in range(count)
        ]
    )


PEOPLE = [
    c.Person(
        NAME_EN, "mediator", "000 0000 0000", text(), text(), [c.Duty(day, "08:30", "24:00") for day in range(1, 8)]
    ),
    c.Person(RARE, "legal_adviser"),
    c.Person("测试明白人", "law_helper", "0000-00000000"),
    c.Person("测试站员", "staff", "00000000000", duties=[c.Duty(6, "00:00", "24:00")]),
    c.Person("测试乙", "mediator", "000 0000 0000", place=c.Text("测试镇司法所", "Test town office")),
]
TEMPLATE = c.Template(
    "iou",
    c.Text("借条", "IOU"),
    "借条\n\n今借到{lender}人民币{amount}元整，于{day}前还清。" + "\n" + LONG,
    [
        c.Blank("lender", c.Text("出借人", "Lender")),
        c.Blank("amount", c.Text("金额", "Amount"), "amount"),
        c.Blank("day", c.Text("还款日", "Due"), "day"),
    ],
)
FULL = Library(
    hotline=c.Hotline(
        "0000-12345678", text(), video=True, video_hours=c.Text("工作日 9 点到 17 点", "Weekdays 9 to 17")
    ),
    roster=c.Roster(PEOPLE),
    notices=c.Notices(
        [c.Notice(f"n{one}", c.Text(f"通知{one}", f"Notice {one}"), c.LongText(LONG)) for one in range(7)]
    ),
    papers=c.Papers([text(), *[c.Text("身份证", "Identity card")] * 6], text(), "0000-12345678", text()),
    learning=articles(9),
    notary_guide=articles(1),
    forensic_guide=articles(4),
    disclosure=c.Disclosure(
        [
            c.Disclosed("d1", c.Text("测试下一次", "Next"), "2026-12-31"),
            c.Disclosed("d2", c.Text("测试已公开", "Done"), "2026-09-30", "2026-10-01", c.LongText(LONG, LONG_EN)),
            c.Disclosed("d3", c.Text("测试逾期", "Late"), "2026-10-31"),
            c.Disclosed("d4", c.Text("测试新公开", "New"), "2026-10-31", "2026-11-02", c.LongText("一行")),
        ]
    ),
    templates=c.Templates([TEMPLATE, *[c.Template("t", text(), "{one}", [c.Blank("one", text())])] * 6]),
)
CASES = Cases(
    [
        Case(
            NUMBER,
            "mediation",
            AT_MS,
            [
                CaseStep(AT_MS, "received"),
                CaseStep(AT_MS, "assigned", LONG[:200]),
                CaseStep(AT_MS, "need_papers", "带身份证"),
                CaseStep(AT_MS, "word_of_tomorrow", LONG_EN[:500]),
            ],
        ),
        *[Case(NUMBER, "legal_aid", AT_MS)] * 8,
        Case(NUMBER, "service_of_tomorrow", AT_MS, [CaseStep(AT_MS, "closed")]),
    ],
    more=3,
)
ALL_DEVICES = DevicesTold(printer=True, camera=True, voice=True, video=True)


def with_library(step: Step, library: Library = FULL, **draft: object) -> State:
    state = at(step, library=library, today=DAY, devices=ALL_DEVICES, hub_online=True)
    return state._replace(draft=state.draft._replace(**draft))  # type: ignore[arg-type]


ANSWERS = (("lender", NAME_EN), ("amount", "12000"), ("day", "20261231"))
FILLED = with_library(Step.FILLED, template=TEMPLATE, answers=ANSWERS, service="document")
LISTS = (Step.PEOPLE, Step.TEMPLATES, Step.LEARNING, Step.NOTARY, Step.FORENSIC, Step.DISCLOSURE, Step.NOTICES)
SHELVES = (Step.LEARNING, Step.DISCLOSURE, Step.NOTICES)


def found(step: Step, cases: Cases | None = CASES, **draft: object) -> State:
    answered = {"answered": Answered.FOUND} | draft
    return with_library(step, cases=cases, **answered)


STATES = [
    *(with_library(step) for step in (Step.SERVICES, Step.OTHER_SERVICES, Step.ADVICE, Step.HOTLINE, Step.VIDEO)),
    with_library(Step.SERVICES, person=None),
    with_library(Step.SERVICES, person=structs.replace(PERSON, name=NAME_EN)),
    *(with_library(step, EMPTY) for step in (Step.ADVICE, Step.HOTLINE, Step.PAPERS)),
    with_library(Step.PAPERS),
    *(with_library(step, library) for step in LISTS for library in (FULL, EMPTY)),
    *(with_library(Step.PERSON, shelf=Step.PEOPLE, opened=person) for person in PEOPLE),
    *(
        with_library(Step.ARTICLE, shelf=shelf, opened=entries(with_library(shelf))[place])
        for shelf in SHELVES
        for place in (0, 1)
    ),
    FILLED,
    *(FILLED._replace(draft=FILLED.draft._replace(printed=printed)) for printed in Printed),
    FILLED._replace(devices=DevicesTold()),
    FILLED._replace(step=Step.FILLED_QR),
    *(with_library(step) for step in (Step.SAVED, Step.RECEIPT_QR, Step.RATING, Step.SAVING_GRADE)),
    *(with_library(Step.SAVED, printed=printed) for printed in Printed),
    with_library(Step.SAVED)._replace(devices=DevicesTold(), receipted_to=7),
    with_library(Step.ASKING),
    *(found(Step.CASES, None, answered=answered) for answered in Answered),
    found(Step.CASES, None, answered=Answered.OFFLINE)._replace(hub_online=False, waiting=12),
    found(Step.CASES),
    found(Step.CASES, Cases(CASES.cases[:1])),
    *(found(Step.CASE, opened=CASES.cases[place], shelf=Step.CASES) for place in (0, 1, 9)),
    *(at(step) for step in (Step.THANKS, Step.REFUSED, Step.CLOSED)),
    at(Step.THANKS, card_there=True),
    *(at(Step.CLOSED, store=store) for store in Store),
    at(Step.STAFF),
    at(Step.STAFF, card_there=True, report=tuple(("camera/door", "staff.failed", "E-CAM-11") for _ in range(30))),
]


@pytest.mark.parametrize(("size", "language"), SHAPES)
async def test_everything_fits_is_large_enough_and_can_be_read(size: tuple[int, int], language: Language) -> None:
    await all_fit(STATES, size, language)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_menu_leads_where_its_keys_say_and_masks_who_is_there(language: Language) -> None:
    ways = {"1": Step.ADVICE, "2": Step.QUESTION, "3": Step.PAPERS, "4": Step.PEOPLE, "5": Step.ASKING}
    ways |= {"6": Step.OTHER_SERVICES, "7": Step.THANKS}
    async with kiosk(language=language) as visitor:
        for key, step in ways.items():
            await visitor.shows(with_library(Step.SERVICES)._replace(language=language, card_there=True))
            visitor.sees("测**", visitor.say("services.title"))
            assert PERSON.name not in visitor.reads()
            await visitor.press(key)
            assert visitor.step is step, key


async def test_the_other_services_lead_where_their_keys_say() -> None:
    ways = {"1": Step.TEMPLATES, "2": Step.LEARNING, "3": Step.NOTARY, "4": Step.FORENSIC, "5": Step.DISCLOSURE}
    async with kiosk() as visitor:
        for key, step in ways.items() | {("6", Step.RATE_NUMBER)}:
            await visitor.shows(with_library(Step.OTHER_SERVICES))
            await visitor.press(key)
            assert visitor.step is step, key


async def test_video_is_offered_only_while_county_and_machine_can() -> None:
    async with kiosk() as visitor:
        await visitor.shows(with_library(Step.ADVICE))
        visitor.sees("视频咨询", "工作日 9 点到 17 点")
        await visitor.shows(with_library(Step.ADVICE)._replace(devices=DevicesTold()))
        assert "视频" not in visitor.reads()
        await visitor.press("3")
        assert visitor.step is Step.ADVICE
        await visitor.press("2")
        assert visitor.step is Step.HOTLINE


async def test_without_the_county_s_documents_the_kiosk_says_what_it_knows_itself() -> None:
    async with kiosk() as visitor:
        await visitor.shows(with_library(Step.HOTLINE, EMPTY))
        visitor.sees("请用电话拨打 12348", "每天 24 小时")
        await visitor.shows(with_library(Step.PAPERS, EMPTY))
        visitor.sees("身份证或户口簿", "法律援助中心")
        for step in LISTS:
            await visitor.shows(with_library(step, EMPTY))
            visitor.sees("县里还没有发来内容")
            await visitor.press("1", "8", "9")
            assert visitor.step is step


async def test_who_is_there_now_comes_first_and_the_pick_is_the_county_s_place() -> None:
    async with kiosk() as visitor:
        saturday = datetime(2026, 11, 28, 3, 0, tzinfo=CHINA)
        visitor.app.clock.now = lambda: Stamp(int(saturday.timestamp() * 1000), 0, "boot")  # type: ignore[method-assign]
        await visitor.shows(with_library(Step.PEOPLE))
        first = visitor.choices()[0]
        assert (first.label, first.note) == ("测试站员", "(+) 值班中 工作人员")
        assert visitor.choices()[1].note == "人民调解员 今天 08:30 来"
        await visitor.press("1")
        assert visitor.step is Step.PERSON
        visitor.sees("测试站员 (+) 值班中", "00000000000", "星期六 00:00-24:00")
        await visitor.press("escape", "9", "1")
        visitor.sees("测试镇司法所")
        assert visitor.app.state.draft.opened is PEOPLE[4]


async def test_disclosure_shows_what_is_overdue_first_then_the_newest() -> None:
    async with kiosk() as visitor:
        await visitor.shows(with_library(Step.DISCLOSURE))
        shown = [(choice.label, choice.note[:3]) for choice in visitor.choices()[:4]]
        assert shown == [("测试逾期", "(!)"), ("测试新公开", "(+)"), ("测试已公开", "(+)"), ("测试下一次", "( )")]
        await visitor.press("1")
        visitor.sees("测试逾期", "逾期 2026-10-31", "内容还没有发来")
        await visitor.press("0", "2")
        visitor.sees("已公开 2026-11-02", "一行")


async def test_a_long_list_is_turned_and_every_entry_can_be_reached() -> None:
    async with kiosk() as visitor:
        await visitor.shows(with_library(Step.LEARNING))
        seen = []
        for page in range(3):
            visitor.sees(f"{page + 1}/3")
            seen += [choice.label for choice in visitor.choices() if choice.has_class("entry")]
            await visitor.press("9")
        assert [label for label in seen if not label.startswith("测试村")] == [f"测试第{one}篇" for one in range(1, 9)]
        await visitor.press("9")
        visitor.sees("3/3")
        await visitor.press("1")
        assert visitor.app.state.draft.opened is entries(with_library(Step.LEARNING))[8]
        visitor.sees("只有一行")


async def test_a_notice_out_of_date_is_not_shown_and_the_places_stay() -> None:
    notices = [
        c.Notice("old", c.Text("过期通知"), c.LongText("旧"), "2026-11-27"),
        c.Notice("new", c.Text("今天通知"), c.LongText("新的内容"), "2026-11-28"),
    ]
    async with kiosk() as visitor:
        await visitor.shows(with_library(Step.NOTICES, Library(notices=c.Notices(notices))))
        assert "过期通知" not in visitor.reads()
        await visitor.press("1")
        visitor.sees("今天通知", "新的内容")


async def test_a_long_text_is_read_page_by_page_to_its_end_and_can_be_read_aloud() -> None:
    whole = "\n".join(f"第{line}行测试文字" for line in range(40))
    article = c.Article("long", c.Text("题目"), c.LongText(whole))
    library = Library(learning=c.Articles([article]))
    async with kiosk() as visitor:
        await visitor.shows(with_library(Step.ARTICLE, library, shelf=Step.LEARNING, opened=article))
        pages = [visitor.reads()]
        for _ in range(8):
            await visitor.press("9")
            pages.append(visitor.reads())
        assert all(any(line in page for page in pages) for line in whole.split("\n"))
        assert "第39行" in pages[-1]
        assert any("第39行测试文字" in said for said in visitor.hears())
        await visitor.press("8")
        assert "第39行" not in visitor.reads()


async def test_what_the_county_takes_away_stays_while_it_is_read() -> None:
    async with kiosk() as visitor:
        await visitor.shows(with_library(Step.LEARNING))
        await visitor.press("2")
        visitor.sees("测试第1篇")
        await visitor.happens(LibraryTold(EMPTY))
        visitor.sees("测试第1篇", "只有一行")
        await visitor.press("0")
        visitor.sees("县里还没有发来内容")


async def test_a_document_is_printed_or_taken_as_codes_and_read_aloud_only_when_asked() -> None:
    async with kiosk() as visitor:
        await visitor.shows(FILLED)
        visitor.sees(NAME_EN, "12000")
        assert not any(NAME_EN in said for said in visitor.hears())
        assert any(NAME_EN in said for said in visitor.hears(personal=True))
        await visitor.press("1")
        visitor.sees("正在打印")
        ((sheet, told),) = visitor.handed.sheets
        assert any(NAME_EN in line for line in sheet.lines)
        told(Printed.FAILED)
        await visitor.settle()
        visitor.sees("没打成，请扫二维码")
        await visitor.press("2")
        assert visitor.step is Step.FILLED_QR
        await visitor.press("0", "5")
        assert visitor.step is Step.OTHER_SERVICES


async def test_without_a_printer_the_code_comes_first() -> None:
    async with kiosk() as visitor:
        await visitor.shows(FILLED._replace(devices=DevicesTold()))
        assert "打印" not in visitor.reads()
        await visitor.press("1")
        assert visitor.handed.sheets == []
        await visitor.press("2")
        assert visitor.step is Step.FILLED_QR


def read_off(rows: list[str]) -> str:
    """Return what a camera reads of the code that `rows` draw."""
    halves = {" ": (255, 255), "▀": (0, 255), "▄": (255, 0), "█": (0, 0)}
    pixels = np.array([[halves[sign][half] for sign in row] for row in rows for half in (0, 1)], np.uint8)
    large = cv2.resize(pixels, None, fx=8, fy=10, interpolation=cv2.INTER_NEAREST)
    image = cv2.copyMakeBorder(large, 40, 40, 40, 40, cv2.BORDER_CONSTANT, value=255)
    return cv2.QRCodeDetector().detectAndDecode(image)[0]


@pytest.mark.parametrize("size", [(39, 20), (60, 36)], ids=str)
def test_the_codes_together_carry_the_whole_text(size: tuple[int, int]) -> None:
    text = "借条" * 60 + NAME_EN + RARE
    read = ""
    for rows in codes(text, *size):
        assert len(rows) <= size[1]
        assert {len(row) for row in rows} <= set(range(size[0] + 1))
        read += read_off(rows)
    assert read == text


def test_a_text_that_takes_too_many_codes_gets_none() -> None:
    assert codes("借" * 4000, 39, 20) == []
    assert codes("借条", 10, 5) == []


async def test_the_receipt_s_code_says_the_number_and_nothing_of_the_person() -> None:
    async with kiosk() as visitor:
        await visitor.shows(with_library(Step.RECEIPT_QR))
        rows = str(visitor.app.screen.query_one("#code", Static).content).split("\n")
        assert read_off(rows) == f"CCT v01 {NUMBER}"
        await visitor.press("f1")
        assert visitor.app.state.over is not None, "help is on this screen too"


async def test_saved_says_where_the_visit_is_and_falls_back_to_the_code() -> None:
    async with kiosk() as visitor:
        await visitor.shows(with_library(Step.SAVED))
        visitor.sees(NUMBER, "(!) 已保存在本机", "打印回执")
        await visitor.happens(StoreTold(Store.READY, 7, hub_online=True))
        visitor.sees("(V) 县里已收到")
        await visitor.press("2")
        ((sheet, told),) = visitor.handed.sheets
        assert any(NUMBER in line for line in sheet.lines)
        told(Printed.FAILED)
        await visitor.settle()
        visitor.sees("没打成", "二维码")
        await visitor.press("2")
        assert visitor.step is Step.RECEIPT_QR
        await visitor.press("0", "3")
        assert visitor.step is Step.SERVICES


async def test_matters_are_shown_newest_first_with_every_step_and_never_read_unasked() -> None:
    async with kiosk() as visitor:
        await visitor.shows(found(Step.CASES))
        visitor.sees("另有 3 件", "申请人民调解", "正在办理", NUMBER)
        assert not any(NUMBER in said or "调解" in said for said in visitor.hears())
        assert any("申请人民调解" in said for said in visitor.hears(personal=True))
        await visitor.press("1")
        assert visitor.step is Step.CASE
        visitor.sees("2026-11-20 正在办理")
        shown = visitor.reads()
        for _ in range(3):
            await visitor.press("9")
            shown += visitor.reads()
        for words in ("要补材料", "带身份证", "已派人办理", "已收到"):
            assert words in shown
        assert not any("带身份证" in said for said in visitor.hears())
        await visitor.press("0")
        await visitor.press("9", "9", "9")
        visitor.sees("其他事项", "已办结")


async def test_offline_says_what_waits_here_and_offers_another_try_once_the_line_is_back() -> None:
    async with kiosk() as visitor:
        offline = found(Step.CASES, None, answered=Answered.OFFLINE)
        await visitor.shows(offline._replace(hub_online=False, waiting=2))
        visitor.sees("没有联网", "不会丢", "本机有 2 件等待上报")
        await visitor.press("1")
        assert visitor.step is Step.CASES
        await visitor.happens(StoreTold(Store.READY, 0, hub_online=True, waiting=1))
        visitor.sees("本机有 1 件等待上报", "再查一次")
        await visitor.press("1")
        assert visitor.step is Step.ASKING
        assert visitor.handed.asked
        await visitor.press("0")
        assert visitor.step is Step.SERVICES


@pytest.mark.parametrize("language", LANGUAGES)
async def test_five_grades_each_a_face_and_a_word(language: Language) -> None:
    async with kiosk(language=language) as visitor:
        for key, grade in enumerate((5, 4, 3, 2, 1), 1):
            await visitor.shows(with_library(Step.RATING)._replace(language=language))
            visitor.sees(":-D", ":'(", visitor.say("grade.5"), visitor.say("grade.1"))
            await visitor.press(str(key))
            assert visitor.step is Step.SAVING_GRADE
            assert visitor.handed.grades[-1] == (1, NUMBER, grade)
        await visitor.shows(with_library(Step.RATING)._replace(language=language))
        await visitor.press("6")
        assert visitor.step is Step.THANKS


async def test_the_staff_s_page_shows_the_report_and_tries_devices() -> None:
    async with kiosk() as visitor:
        await visitor.shows(at(Step.STAFF))
        visitor.sees("正在查看", "把一张卡放上去")
        lines = (("staff.outbox", "12", ""), ("camera/door", "staff.failed", "E-CAM-11"))
        await visitor.happens(StaffTold(lines))
        visitor.sees("待上报 12", "camera/door (!) 故障 E-CAM-11")
        await visitor.press("1", "2", "3", "4")
        assert visitor.handed.tests == ["reader", "camera", "sound", "printer"]
        await visitor.happens(CardRead(PERSON))
        visitor.sees("(+) 读卡区有卡")
        assert PERSON.name not in visitor.reads()


async def test_neither_matters_nor_a_document_are_left_in_memory_after_the_end() -> None:
    note, lender = "测试" + "答复庚", "测试" + "出借辛"
    cases = Cases([Case(NUMBER, "mediation", AT_MS, [CaseStep(AT_MS, "answered", note)])])
    async with kiosk() as visitor:
        await visitor.shows(found(Step.CASES, cases))
        await visitor.press("1")
        visitor.sees(note)
        template = structs.replace(TEMPLATE, text="今借到{lender}人民币{amount}元，{day}。")
        answers = (("lender", lender), ("amount", "1"), ("day", "20261231"))
        await visitor.shows(with_library(Step.FILLED, template=template, answers=answers, service="document"))
        visitor.sees(lender)
        await visitor.press("2")
        assert visitor.app.screen.query_one("#code", Static).content
        assert held((note, lender)), "the search finds what is there"
        del cases, answers
        await visitor.press("0", "5", "0", "7", "0")
        assert visitor.step is Step.WAIT
        await asyncio.sleep(0.8)
        await visitor.settle()
        assert held((note, lender)) == []


def held(wanted: tuple[str, ...]) -> list[str]:
    """Return who holds any of `wanted`, but for the test's own names."""
    gc.collect()
    return [
        f"{type(holder).__module__}.{type(holder).__name__}"
        for holder in gc.get_objects()
        if holder is not wanted
        for thing in gc.get_referents(holder)
        if isinstance(thing, str) and all(thing is not own for own in wanted) and any(own in thing for own in wanted)
    ]
