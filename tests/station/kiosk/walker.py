"""Walks a walk on the real screen, and holds at every step what a villager may count on."""

from collections.abc import Callable, Iterator
from typing import Final

from textual.events import Key

from station.kiosk.advance import advance
from station.kiosk.content import words
from station.kiosk.events import Event, Option, Signal, Tick
from station.kiosk.labels import SERVICES
from station.kiosk.limits import time_limit_s
from station.kiosk.record import who_came
from station.kiosk.state import NO_DRAFT, Over, State, Step, field_now
from station.settings import KioskSettings
from tests.station.kiosk.visitor import PANEL, Visitor, fits
from tests.station.kiosk.walks import Digits, Spelt, To, Told, Words

S = Step
KIOSK: Final = KioskSettings()
ABOUT: Final[dict[Step, str]] = {
    S.IDENTITY: "identity.title", S.NOTICE: "notice.title", S.GUARDIAN: "guardian.title",
    S.NAME_NEEDED: "name_needed.title", S.CARD_NEEDED: "card_needed.title", S.SERVICES: "services.title",
    S.OTHER_SERVICES: "other.title", S.ADVICE: "advice.title", S.VIDEO: "video.title", S.PAPERS: "papers.title",
    S.CONFIRM: "confirm.title", S.SAVING: "saving.title", S.SAVED: "saved.title", S.RECEIPT_QR: "code.receipt",
    S.PEOPLE: "people.title", S.PERSON: "role.legal_adviser", S.TEMPLATES: SERVICES["document"],
    S.FILLED: "filled.title", S.FILLED_QR: "code.filled", S.LEARNING: SERVICES["learning"],
    S.NOTARY: SERVICES["notary_guide"], S.FORENSIC: SERVICES["forensic_guide"], S.DISCLOSURE: SERVICES["disclosure"],
    S.NOTICES: "notices.title", S.ASKING: "asking.title", S.CASE: "case.title", S.RATING: "rating.title",
    S.SAVING_GRADE: "rating.saving", S.THANKS: "thanks.title", S.CHECKING_PIN: "pin.checking",
}  # fmt: skip
"""What stands on the screen of a step that always says the same of itself."""
ALONE: Final = frozenset({S.SAVING, S.SAVING_GRADE, S.ASKING, S.CHECKING_PIN, S.THANKS, S.REFUSED, S.VIDEO})
"""Steps whose own time leads elsewhere, without a warning; a video call has none."""
NO_WAY_BACK: Final = frozenset({S.WAIT, S.CLOSED, S.SAVING, S.SAVING_GRADE, S.CHECKING_PIN})
KEY_NAMES: Final = {"Esc": "escape"}
FORM_FROM: Final = {"mediation": S.SERVICES, "legal_aid": S.PAPERS, "legal_advice": S.ADVICE, "document": S.TEMPLATES}
"""Where the way back leads from the first question of a form, however the villager came to be named."""


def _home_or(step: Step, holds: Callable[[State], bool]) -> Callable[[State], Step]:
    return lambda state: step if holds(state) else S.WAIT


BACK_TO: Final[dict[Step, Callable[[State], Step]]] = {
    S.IDENTITY: _home_or(S.NUMBER, lambda state: who_came(state.draft.person) == "typed"),
    S.SERVICES: _home_or(S.NOTICE, lambda state: state.draft.person is not None),
    S.QUESTION: lambda state: S.QUESTION if state.draft.answers else FORM_FROM[state.draft.service or "document"],
    S.ADVICE: lambda _: S.SERVICES,
    S.ASKING: lambda _: S.SERVICES,
    S.SAVED: lambda _: S.THANKS,
    S.THANKS: lambda _: S.WAIT,
    S.STAFF: lambda _: S.WAIT,
}
"""Where the way back leads when that is not simply the screen before."""


class Walker:
    """One villager on the way; remembers what happened where."""

    def __init__(self, visitor: Visitor, trail: list[tuple[State, Event, State]], *, by_keys: bool) -> None:
        """Walk as `visitor`; the app writes every state, event and next state down in `trail`.

        `by_keys` presses the keys that stand on the choices, where they have one, instead of touching them.
        """
        self.visitor, self.trail = visitor, trail
        self.by_keys = by_keys
        self.begin = visitor.app.state
        self.behind = [S.WAIT]
        """The screens from the first to this one, without detours."""

    async def go(self, to: To) -> None:
        """Touch, and be where it leads; fail unless that is whole on the screen, and can be gone back from."""
        await self._touch(to.touch)
        for more in (True, True, False):
            await self.visitor.pilot.pause()
            state = self.visitor.app.state
            try:
                assert (state.step, state.over) == (to.step, to.over), f"after {to.touch}:\n{self.visitor.reads()}"
                self.visitor.sees(*(self._shown(text_id) for text_id in (*self._about(), *to.sees)))
                fits(self.visitor, PANEL)
                break
            except AssertionError:
                if not more:
                    raise
        self.holds()

    async def _touch(self, touch: str | Digits | Spelt | Words | Told) -> None:
        """Do one thing as a villager, or as the machine, does it."""
        visitor = self.visitor
        match touch:
            case Told(event):
                visitor.app.tell(event(visitor.app.state))
            case Digits(digits):
                self._type(digits)
            case Spelt(letters, sign):
                if visitor.say("pad.pinyin") in [choice.label for choice in visitor.choices()]:
                    await self._find(visitor.say("pad.pinyin"))
                self._type(letters)
                await visitor.pilot.pause()
                await self._find(sign)
            case Words(text):
                await self._find(words(text, visitor.app.state.language))
            case _:
                count = {"count": 1} if touch == "wait.notices" else {}
                await self._find(visitor.say(touch, **count))

    def _type(self, keys: str) -> None:
        """Type as fast as a keyboard is typed on: the screen need not be done with one key before the next."""
        for key in keys:
            self.visitor.app.post_message(Key(key.lower(), key))

    async def _find(self, label: str) -> None:
        """Touch the choice, turning pages until it is there."""
        visitor = self.visitor
        await visitor.until_choice(label, visitor.say("page.later"), visitor.say("pad.more"))
        for _ in range(6):
            labels = [choice.label for choice in visitor.choices()]
            further = [one for one in (visitor.say("page.later"), visitor.say("pad.more")) if one in labels]
            if label in labels or not further:
                break
            await visitor.touch(further[0])
        choice = visitor.choice(label)
        if choice.key and self.by_keys:
            await visitor.pilot.press(KEY_NAMES.get(choice.key, choice.key.lower()))
        else:
            await visitor.pilot.click(choice, offset=(choice.size.width // 2, choice.size.height // 2))

    def _shown(self, text_id: str) -> str:
        """Return the words of a text, up to what is put into it."""
        return self.visitor.say(text_id).partition("{")[0]

    def _about(self) -> tuple[str, ...]:
        """Return the texts that say what this step is about."""
        state = self.visitor.app.state
        if state.over is not None:
            return ()
        if state.step is S.WAIT:
            return ("wait.card_left" if state.card_there else "wait.title",)
        field = field_now(state)
        if field is not None:
            return () if field.literal else (field.label,)
        shelf = ABOUT[state.draft.shelf] if state.step is S.ARTICLE and state.draft.shelf is not None else None
        about = shelf or ABOUT.get(state.step)
        return () if about is None else (about,)

    def holds(self) -> None:
        """Fail unless the state of this step stands a switch, its time's end, and the way back."""
        state = self.visitor.app.state
        if state.step in self.behind:
            del self.behind[self.behind.index(state.step) + 1 :]
        elif state.step not in ALONE - {S.VIDEO, S.THANKS}:
            self.behind.append(state.step)
        switches(state)
        time_is_up(state, self.begin)
        if state.over is None:
            self._way_back(state)

    def _way_back(self, state: State) -> None:
        """Fail unless BACK leads where it should, and the same touches lead here again."""
        back = advance(state, Signal.BACK)
        if state.step in NO_WAY_BACK:
            assert back == state
            return
        before = self.behind[-2 if self.behind[-1] is state.step else -1]
        assert back.step is BACK_TO.get(state.step, lambda _: before)(state), f"back from {state.step}: {back.step}"
        if S.THANKS in {back.step, state.step}:
            return
        arrived = _comparable(self._arrival(state))
        again = list(self._forward(back, state))
        assert arrived in [_comparable(one) for one in again], f"{state.step} is not reached again from {back.step}"

    def _arrival(self, here: State) -> State:
        """Return the state in which this step, or this question of it, began."""
        began = here
        for _, _, after in reversed(self.trail):
            if (after.step, len(after.draft.answers)) != (here.step, len(here.draft.answers)):
                break
            began = after
        return began

    def _forward(self, back: State, here: State) -> Iterator[State]:
        """Yield where it leads to do at `back` once more what was done there last, up to here."""
        if back.step is S.QUESTION and here.step in {S.QUESTION, S.CONFIRM, S.FILLED}:
            field, answer = field_now(back), here.draft.answers[-1][1]
            onward: Event = Signal.NEXT if answer else Signal.SKIP
            yield advance(back, Option(answer) if field is not None and field.kind == "choice" else onward)
            return
        there = [place for place, (before, _, _) in enumerate(self.trail) if before.step is back.step]
        first = there[-1]
        while first - 1 in there:
            first -= 1
        state = back
        for _, event, _ in self.trail[first:]:
            if isinstance(event, Tick) and event.what in state.draft.consents:
                continue  # it stands there ticked
            if getattr(event, "visit", 0) == here.draft.visit:
                told = event._replace(visit=state.draft.visit)  # type: ignore[union-attr, call-arg]
                state = advance(state, told)
            else:
                state = advance(state, event)
            yield state


def _comparable(state: State) -> tuple[object, ...]:
    return state.step, state.draft._replace(visit=0, sheet=0)


def switches(state: State) -> None:
    """Fail unless language and size change nothing of what was said, there and back."""
    if state.over is not None:
        return
    other = advance(advance(state, Signal.LANGUAGE), Signal.LARGE)
    assert (other.step, other.draft, other.large) == (state.step, state.draft, not state.large)
    assert other.language != state.language
    assert advance(advance(other, Signal.LANGUAGE), Signal.LARGE) == state


def time_is_up(state: State, begin: State) -> None:
    """Fail unless a warning comes first and loses nothing, and then nothing of anybody is left."""
    limit_s = time_limit_s(state, KIOSK)
    assert (limit_s is None) == (state.step in {S.WAIT, S.VIDEO} and state.over is None), state.step
    up = advance(state, Signal.TIME_UP)
    if state.step not in ALONE | {S.WAIT} and state.over is None:
        assert up.over is Over.LEAVING
        assert time_limit_s(up, KIOSK) == KIOSK.idle_countdown_s
        for touch in (Signal.TOUCH, Signal.BACK, Signal.NEXT, Signal.CONFIRM):
            assert advance(up, touch) == state
        gone(advance(up, Signal.TIME_UP), begin)
    up = advance(up, Signal.VIDEO_ENDED) if up.step is S.VIDEO else up
    for _ in range(5):
        up = advance(up, Signal.TIME_UP)
    gone(up, begin)


def gone(state: State, begin: State) -> None:
    """Fail unless nothing is left but how the machine's surroundings are, and counts."""
    assert state.draft == NO_DRAFT
    left = {name for name, was, is_now in zip(State._fields, begin, state, strict=True) if was != is_now}
    slow = {"step", "store"} if state.step is S.CLOSED else set()  # a disk that was silent is not written to
    assert left <= slow | {"visits", "calls", "call", "call_seq", "withdrawn", "card_there", "receipted_to", "today"}, (
        left
    )
