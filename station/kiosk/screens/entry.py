"""One question: chosen from large options, or entered on a pad; who it is and what it is about are asked alike."""

from collections.abc import Iterator
from typing import Final

from textual import events
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from station.kiosk.events import Option, Signal
from station.kiosk.forms import Field, Kind
from station.kiosk.labels import HINTS, PINS
from station.kiosk.paging import wrapped
from station.kiosk.scene import Happened
from station.kiosk.screens.base import KioskScreen
from station.kiosk.state import Step, field_now, form
from station.kiosk.widgets.board import Board, Entry
from station.kiosk.widgets.choice import Choice
from station.kiosk.widgets.digit_pad import DigitPad
from station.kiosk.widgets.frame import words
from station.kiosk.widgets.pinyin_pad import PinyinPad

CHOSEN: Final[frozenset[Kind]] = frozenset({"choice", "several"})
WRITTEN: Final[frozenset[Kind]] = frozenset({"text", "name"})
GROUPS: Final[dict[Kind, tuple[int, ...]]] = {"id_number": (6, 8, 4), "day": (4, 2, 2), "phone": (3, 4, 5)}
"""How digits are shown: in groups that can be compared."""
PIN_SIGN: Final = "*"


class EntryScreen(KioskScreen):
    """Shows the question, what was entered so far, why it will not do yet, and what to enter it with."""

    def __init__(self, scene: object) -> None:
        """Build for the question of `scene`."""
        super().__init__(scene)  # type: ignore[arg-type]
        self._field = field_now(self.scene.state)

    def back_key(self) -> str:
        """Return 0 only where no digit is typed."""
        return "0" if self._field is None or self._field.kind in CHOSEN else "Esc"

    def body(self) -> Iterator[Widget]:
        """Lay out question, entry and what it is entered with."""
        say, field = self.scene.say, self._field
        if field is None:
            return
        yield Horizontal(words(self._label(field.label), id="question"), words(self._place(), id="which"), id="asked")
        yield words("", id="flaw")
        if field.kind in CHOSEN:
            yield self._board(field)
            return
        yield Vertical(words("", id="entered", classes="personal"), words("", id="hint"), classes="sheet", id="entry")
        if field.kind in WRITTEN:
            phrases = [self._label(label) for _, label in field.options]
            latin = self.scene.state.language == "en"
            yield PinyinPad(say, self.scene.pinyin, phrases, latin=latin, signs=field.kind == "text")
        else:
            yield DigitPad(say, with_x=field.kind == "id_number")

    def _label(self, label: str) -> str:
        return label if self._field is not None and self._field.literal else self.scene.say(label)

    def _place(self) -> str:
        """Return which question of how many it is, and whether it may be left out."""
        state, say = self.scene.state, self.scene.say
        if state.step is not Step.QUESTION:
            return ""
        given = dict(state.draft.answers)
        count = sum(field.id in given or field.applies(given) for field in form(state))
        place = say("question.place", place=len(state.draft.answers) + 1, count=count)
        return f"{say('question.optional')}  {place}" if self._field is not None and self._field.optional else place

    def _board(self, field: Field) -> Board:
        say = self.scene.say
        last = None
        if field.kind == "several":
            last = Choice("9", say("pad.next"), Signal.NEXT, id="next", classes="primary")
        elif field.optional:
            last = Choice("9", say("pad.skip"), Signal.SKIP, id="next", classes="quiet")
        return Board(say, self._entries(field), last=last, most_columns=4, id="options")

    def _entries(self, field: Field) -> list[Entry]:
        chosen = self.scene.state.draft.entry.split(",")
        ticks = field.kind == "several"
        return [
            Entry(self._label(label), Option(option), ticked=option in chosen if ticks else None)
            for option, label in field.options
        ]

    def live(self) -> None:
        """Show what is entered, and what is wrong with it."""
        state, field = self.scene.state, field_now(self.scene.state)
        if field is None or self._field is None or field.id != self._field.id:
            return
        say, draft = self.scene.say, state.draft
        flaw = draft.flaw
        if state.step is Step.PIN and state.pin is not None:
            flaw = PINS.get(state.pin, flaw)
        self.set_words("#flaw", "" if flaw is None else say(flaw))
        self.set_class(flaw is not None, "-flawed")
        if field.kind in CHOSEN:
            self.query_one("#options", Board).put(self._entries(field))
            return
        if field.kind in WRITTEN:
            self.query_one(PinyinPad).put(draft.entry, draft.letters, optional=field.optional)
        else:
            self.query_one(DigitPad).lead(skips=field.optional and not draft.entry)
        self.set_words("#entered", self._entered(field))
        self.set_words("#hint", "" if draft.entry or draft.letters else say(HINTS[field.kind]))

    def _entered(self, field: Field) -> str:
        draft = self.scene.state.draft
        if field.kind == "pin":
            return " ".join(PIN_SIGN * len(draft.entry))
        if field.kind in WRITTEN:
            begun = self.query_one(PinyinPad).begun
            return self._tail(f"{draft.entry}{begun}_" if draft.entry or begun else "")
        rest, groups = draft.entry, []
        for size in GROUPS.get(field.kind, ()):
            groups.append(rest[:size])
            rest = rest[size:]
        return " ".join(group for group in (*groups, rest) if group)

    def _tail(self, text: str) -> str:
        """Return the end of a long text: as many rows as there are."""
        size = self.query_one("#entry").size
        rows = wrapped(text, max(2, size.width))
        return "\n".join(row.text.rstrip() for row in rows[-max(1, size.height) :])

    def on_resize(self, event: events.Resize) -> None:
        """Show as much as fits now."""
        del event
        self.call_after_refresh(self.live)

    def typed(self, event: events.Key) -> bool:
        """Hand a keyboard's key to the pad; Enter presses what has the focus, where something has it."""
        pads = [*self.query(PinyinPad), *self.query(DigitPad)]
        if not pads or (event.key == "enter" and self.focused is not None):
            return False
        meant = pads[0].typed(event)
        if meant is None:
            return False
        self.app.post_message(Happened(meant))
        return True
