"""Chinese by nine keys with candidates, and letters, digits and signs; a keyboard types the same."""

from collections.abc import Callable, Sequence
from typing import Final, Literal, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from station.kiosk.entry.nine_keys import CHINESE_SIGNS, KEYS, read_as
from station.kiosk.entry.pinyin import Pinyin
from station.kiosk.events import Event, Letter, Sign, Signal, Take
from station.kiosk.paging import wrapped
from station.kiosk.scene import Happened
from station.kiosk.texts import Texts
from station.kiosk.widgets.choice import Key
from station.kiosk.widgets.digit_pad import DIGITS
from station.kiosk.widgets.frame import words

Mode = Literal["pinyin", "digits", "latin"]
NEXT_MODE: Final[dict[Mode, Mode]] = {"pinyin": "digits", "digits": "latin", "latin": "pinyin"}
MODE_IDS: Final[dict[Mode, str]] = {"pinyin": "pad.pinyin", "digits": "pad.digits", "latin": "pad.latin"}
HINT_IDS: Final[dict[Mode, str]] = {
    "pinyin": "pad.hint.pinyin",
    "digits": "pad.hint.digits",
    "latin": "pad.hint.latin",
}
GROUP_KEYS: Final = "".join(KEYS)
MOST_SLOTS: Final = 7
MORE_KEY: Final = "8"
SLOT_CELLS: Final = 10
PHRASES_A_PAGE: Final = 3
SPACE: Final = " "


class Slot(NamedTuple):
    """What one place of the upper row offers."""

    label: str
    event: Event


class PadKey(Key):
    """A key that does something within the pad."""

    def __init__(self, label: str, does: Callable[[], None], *, id: str | None = None, classes: str = "") -> None:
        """Call `does` when pressed."""
        super().__init__("", label, Signal.TOUCH, id=id, classes=classes)
        self._does = does

    def chosen(self) -> None:
        """Do it."""
        self._does()


class PinyinPad(Vertical):
    """Above what can be taken, below the keys. What is being entered is the flow's; only page and mode are here."""

    def __init__(self, say: Texts, pinyin: Pinyin, phrases: Sequence[str], *, latin: bool, signs: bool) -> None:
        """Offer `phrases` while nothing is begun; `signs` allows punctuation (not in a name)."""
        super().__init__()
        self._say, self._pinyin, self._phrases, self._signs = say, pinyin, list(phrases), signs
        self.mode: Mode = "latin" if latin else "pinyin"
        self._group = ""
        self._entry, self._letters, self._optional = "", "", False
        self._page = 0
        self._found: list[Slot] = []
        self.onward: Event = Signal.NEXT

    def compose(self) -> ComposeResult:
        """Lay out both rows."""
        slots = [Key(str(place + 1), "", Signal.TOUCH, classes="slot unsaid") for place in range(MOST_SLOTS)]
        more = PadKey("", self._turn, id="more", classes="quiet unsaid")
        yield Horizontal(words("", id="pad-hint"), *slots, more, id="slots")
        pads = [PadKey("", self._presser(place), classes="pad") for place in range(len(DIGITS))]
        yield Horizontal(
            *pads,
            PadKey("", self._change_mode, id="mode", classes="quiet"),
            Key("", self._say("pad.erase"), Signal.ERASE, id="erase", classes="quiet"),
            Key("", "", Signal.NEXT, id="next", classes="primary"),
            id="keys",
        )

    def put(self, entry: str, letters: str, *, optional: bool) -> None:
        """Show what can be done with what is entered now."""
        if letters != self._letters:
            self._page = 0
            self._letters = letters
            found = self._pinyin.candidates(letters) if letters else ()
            self._found = [Slot(one.text, Take(one.text, one.letters)) for one in found]
        self._entry, self._optional = entry, optional
        self._lay_out()

    @property
    def begun(self) -> str:
        """What is begun: the letters, or what the keys most likely mean."""
        if not any(key in KEYS for key in self._letters):
            return self._letters
        return f"[{self._found[0].label}]" if self._found else read_as(self._letters)

    def on_resize(self, event: events.Resize) -> None:
        """Lay out anew."""
        del event
        self._lay_out()

    def typed(self, event: events.Key) -> Event | None:  # noqa: PLR0911 - one line a kind of key
        """Return what a key of a keyboard means here; None when it is none of the pad's."""
        sign = event.character or ""
        if event.key == "enter":
            return self.onward
        if event.key == "backspace":
            return Signal.ERASE
        if not sign.isprintable() or not sign:
            return None
        if self.mode != "pinyin":
            return Sign(sign)
        if sign.isascii() and sign.isalpha() and sign.islower():
            return Letter(sign)
        if self._letters and sign == SPACE:
            return self.onward
        if any(one.key == sign and one.display for one in self.query(Key)):
            return None  # the screen presses it
        return Sign(CHINESE_SIGNS.get(sign, sign) if self._signs else sign)

    def _presser(self, place: int) -> Callable[[], None]:
        def press() -> None:
            if self.mode == "digits":
                self.app.post_message(Happened(Sign(DIGITS[place])))
            elif self.mode == "pinyin":
                self.app.post_message(Happened(Letter(GROUP_KEYS[place])))
            else:
                self._group = KEYS[GROUP_KEYS[place]]
                self._lay_out()

        return press

    def _change_mode(self) -> None:
        self.mode, self._group, self._page = NEXT_MODE[self.mode], "", 0
        self._lay_out()

    def _turn(self) -> None:
        self._page += 1
        self._lay_out()

    def _slots(self) -> list[Slot]:
        """Return everything that could be offered above."""
        if self._letters:
            return self._found
        if self.mode == "pinyin":
            return self._ready()
        space = Slot(self._say("pad.space"), Sign(SPACE))
        if self.mode == "latin":
            begins = not self._entry or self._entry.endswith(SPACE)
            letters = self._group.upper() if begins else self._group
            return [*(Slot(letter, Sign(letter)) for letter in letters), space] if letters else self._ready()
        return [*(Slot(sign, Sign(sign)) for sign in self._say("pad.signs")), space] if self._signs else [space]

    def _ready(self) -> list[Slot]:
        """Return the phrases to put in whole: in every language, while nothing is begun."""
        return [Slot(phrase, Sign(phrase)) for phrase in self._phrases]

    def _lay_out(self) -> None:
        width = self.size.width
        if not width:
            return
        offered = self._slots()
        phrases = not self._letters and (self.mode == "pinyin" or (self.mode == "latin" and not self._group))
        per_page = PHRASES_A_PAGE if phrases else min(MOST_SLOTS, width // SLOT_CELLS - 1)
        if not phrases and self._letters:
            offered = [slot for slot in offered if len(wrapped(slot.label, SLOT_CELLS - 2)) <= 2]
        if self._page * per_page >= len(offered):
            self._page = 0
        shown = offered[self._page * per_page : (self._page + 1) * per_page]
        keyed = self.mode == "pinyin"
        for place, slot in enumerate(self.query(".slot").results(Key)):
            slot.display = place < len(shown)
            if slot.display:
                slot.offer(str(place + 1) if keyed else "", shown[place].label, shown[place].event)
        more = self.query_one("#more", PadKey)
        more.display = len(offered) > per_page
        more.offer(MORE_KEY if keyed else "", self._say("pad.more"), Signal.TOUCH)
        hint = self.query_one("#pad-hint", Static)
        hint.display = not shown
        hint.update("" if shown else self._say("pad.none" if self._letters else HINT_IDS[self.mode]))
        labels = DIGITS if self.mode == "digits" else list(KEYS.values())
        for place, key in enumerate(self.query(".pad").results(PadKey)):
            key.display = place < len(labels)
            key.rename(labels[place] if key.display else "")
        self.query_one("#mode", PadKey).rename(self._say(MODE_IDS[NEXT_MODE[self.mode]]))
        self._lead(offered)

    def _lead(self, offered: list[Slot]) -> None:
        if self._letters and offered:
            self.onward, label = offered[0].event, "pad.take"
        elif self._optional and not self._entry:
            self.onward, label = Signal.SKIP, "pad.skip"
        else:
            self.onward, label = Signal.NEXT, "pad.next"
        self.query_one("#next", Key).offer("", self._say(label), self.onward)
