"""A villager's way from the card to a saved message, in both languages."""

from typing import NamedTuple

from tests.end_to_end.kiosk.town import ENTER, F4, Town, number_on, walk
from tests.terminal import Terminal

NAME, ID_NUMBER = "测试甲", "11010519491231002X"
"""On the simulated reader's card, and typed."""
SERVICE_CARD = "9900112233445566"
WORDS = "田埂往东挪了两尺"
OTHER_PARTY = "测试壬癸"


class Said(NamedTuple):
    """What the screen says in one language."""

    language_key: str
    home: str
    its_you: str
    notice: str
    menu: str
    advice: str
    matter: str
    words: str
    phone: str
    check: str
    received: str
    cases: str
    answered: str
    answer: str
    thanks: str


CHINESE = Said(
    "", "请刷身份证", "是您本人吗", "隐私告知", "请选择要办的事", "法律咨询：怎么问", "是哪方面的事", "您想问什么",
    "您的电话", "没错就提交", "县里已收到", "您办的事", "已答复", "请带土地证到司法所", "谢谢您",
)  # fmt: skip
ENGLISH = Said(
    F4, "Please place your ID card", "Is this you?", "Privacy:", "What can we do for you?", "Legal advice: how?",
    "What is it about?", "What do you want to ask?", "Your phone", "Please check", "The county has it", "Your matters",
    "Answered", "Bring the land deed to the office", "Thank you",
)  # fmt: skip


def identify(town: Town, kiosk: Terminal, said: Said) -> None:
    """Lay the card on and agree that the name is registered, up to the menu."""
    town.place()
    kiosk.wait_for(said.its_you, NAME)
    walk(kiosk, (("1", said.notice), ("1", "[V]"), ("3", said.menu)))


def leave_message(kiosk: Terminal, said: Said, words: str) -> str:
    """Go from the menu to the saved message; return its number."""
    walk(kiosk, (("1", said.advice), ("1", said.matter), ("2", said.words), (words, words), (ENTER, said.phone)))
    walk(kiosk, ((ENTER, said.check), ("1", "[V]")))
    kiosk.press("2")
    return number_on(kiosk.wait_until(lambda shown: "-" in shown and _has_number(shown), "the number"))


def finish(kiosk: Terminal) -> None:
    """End the visit from the screen that says it is saved; no card is there."""
    walk(kiosk, (("4", "谢谢您"), ("1", "请刷身份证")))


def _has_number(shown: str) -> bool:
    try:
        number_on(shown)
    except IndexError:
        return False
    return True


def log_out(town: Town, kiosk: Terminal, said: Said) -> str:
    """End the visit from the menu and take the card; return the first screen."""
    walk(kiosk, (("7", said.thanks),))
    town.lift()
    return walk(kiosk, (("1", CHINESE.home),))
