"""How a reader is driven: which command next, and what is told to the screen. Pure: it knows no port and no time.

`Rules.steps()` is a generator: it yields a Step, the driver does it and sends back what came of it.
"""

import logging
from collections.abc import Callable, Generator
from datetime import date
from typing import Final

from station.devices.reader.cards import read_card, text_area
from station.devices.reader.frames import BAUDS, Command, Meaning, Reply, module_id
from station.devices.reader.port import Card, CardGone, CardPlaced, ReaderReady, ReaderTrouble, Trouble
from station.devices.reader.steps import Ask, Asking, Open, Outcome, Rest, Shut, Step, Steps, Tell

logger = logging.getLogger(__name__)

PROBE_S: Final = 0.3
"""How long a module has to say that it is there."""
TIMEOUT_S: Final = {
    Command.RESET: 1.0,
    Command.STATUS: 0.5,
    Command.SAM_ID: 0.5,
    Command.FIND: 0.5,
    Command.SELECT: 1.0,
    Command.READ: 3.0,
    Command.READ_ADDED_ADDRESS: 1.0,
}
FIND_EVERY_S: Final = 0.43
PRESENCE_EVERY_S: Final = 0.5
CHECK_EVERY_S: Final = 3.0
"""While no screen asks for a card, the module is only asked whether it is well."""
MISSES_UNTIL_GONE: Final = 3
TIMEOUTS_UNTIL_MUTE: Final = 3
RETRY_FIRST_S: Final = 0.25
RETRY_LONGEST_S: Final = 5.0

_TROUBLES: Final[dict[Meaning | None, Trouble]] = {
    Meaning.NOT_AUTHENTICATED: Trouble.PLACE_AGAIN,
    Meaning.READ_FAILED: Trouble.PLACE_AGAIN,
    Meaning.NOT_AN_ID_CARD: Trouble.NOT_AN_ID_CARD,
    Meaning.NOT_LICENSED: Trouble.NOT_LICENSED,
    Meaning.SELF_TEST_FAILED: Trouble.MODULE_FAULT,
}
_CARD_TROUBLES: Final = {Trouble.PLACE_AGAIN, Trouble.NOT_AN_ID_CARD}


class _PortLostError(Exception):
    """The port went away in the middle."""


class _MuteError(Exception):
    """Too many commands in a row without a usable answer."""


class Rules:
    """One reader. `wanted` is set by the screen at any time; all else happens in `steps`."""

    def __init__(self, baud: int, today: Callable[[], date | None]) -> None:
        """Look for the module at `baud` first; `today` is None while the clock is not trusted."""
        self.wanted = False
        self._bauds = [baud, *(other for other in BAUDS if other != baud)]
        self._today = today
        self._ready: ReaderReady | None = None
        self._trouble: Trouble | None = None
        self._well = False
        self._timeouts = 0
        self._revivals = 0
        """How far reviving went since a FIND was last answered: a module may answer STATUS and nothing else."""
        self._resets = 0
        self._resting: int | None = None
        """Which card was read and not yet lifted: a hash, nothing of the person."""

    def steps(self) -> Steps:
        """Drive the reader for ever."""
        while True:
            try:
                yield from self._reach()
                yield from self._serve()
            except _PortLostError:
                logger.warning("the reader's port is gone; opening it again")
                yield Rest(RETRY_FIRST_S)
            except _MuteError:
                logger.warning("the reader no longer answers; opening its port again")

    # -- reaching the module

    def _reach(self) -> Steps:
        """Open the port and find the module's rate, trying for ever with growing rests."""
        retry_s = RETRY_FIRST_S
        self._well = False
        while True:
            yield Shut()
            status = yield from self._probe()
            if status is not None:
                break
            self._revivals = 0
            yield from self._complain(Trouble.NO_READER)
            yield Shut()
            yield Rest(retry_s)
            retry_s = min(2 * retry_s, RETRY_LONGEST_S)
        answer = yield from self._ask(Command.SAM_ID)
        name = module_id(answer.data) if answer and answer.meaning is Meaning.OK else ""
        self._ready = ReaderReady(name, self._bauds[0])
        if self._revivals:
            yield from self._complain(Trouble.MODULE_FAULT)
        else:
            yield from self._judge_status(status)

    def _probe(self) -> Asking:
        """Ask at every rate whether a module is there; the one that worked is tried first from now on."""
        for baud in tuple(self._bauds):
            if (yield Open(baud)) is Outcome.LOST:
                return None
            try:
                answer = yield from self._try(Command.STATUS, PROBE_S)
            except _PortLostError:
                return None
            if answer is not None:
                self._bauds.remove(baud)
                self._bauds.insert(0, baud)
                self._timeouts = 0
                return answer
        return None

    def _revive(self) -> Steps:
        """Bring a silent module back by status, then reset; raises _MuteError when that does not help."""
        for stage, command in enumerate((Command.STATUS, Command.RESET), start=1):
            if stage > self._revivals and (yield from self._try(command)) is not None:
                self._revivals, self._timeouts = stage, 0
                return
        raise _MuteError

    # -- serving the screen

    def _serve(self) -> Steps:
        doubt = True
        while True:
            try:
                if self._resting is not None:
                    yield from self._watch_resting(doubt)
                    doubt = True
                elif self.wanted:
                    doubt = not (yield from self._search())
                else:
                    yield from self._idle()
            except _MuteError:
                yield from self._revive()
                doubt = True

    def _idle(self) -> Steps:
        yield Rest(CHECK_EVERY_S)
        if not self.wanted:
            answer = yield from self._ask(Command.STATUS)
            if answer:
                yield from self._judge_status(answer)

    def _search(self) -> Generator[Step, Reply | Outcome, bool]:
        """Look for a card once; say whether one was read. Trouble is forgotten once no card lies there any more."""
        answer = yield from self._ask(Command.FIND)
        if answer and answer.meaning is Meaning.NO_CARD:  # some modules wake the card with the first try only
            answer = yield from self._ask(Command.FIND)
        card = None
        if answer and answer.meaning is Meaning.FOUND:
            yield from self._module_is_well()
            card = yield from self._read()
        elif answer and answer.meaning is Meaning.NO_CARD:
            yield from self._module_is_well()
            self._trouble = None
        elif answer:
            yield from self._judge(answer)
        if card is not None and self.wanted:  # else nobody wants it any more: forgotten
            self._trouble = None
            self._resting = _which(card)
            yield Tell(CardPlaced(card))
            return True
        yield Rest(FIND_EVERY_S)
        return False

    def _watch_resting(self, doubt: bool) -> Steps:
        """Tell when the card that was read is lifted, or another lies in its place.

        Modules differ: some answer NO_CARD to FIND until the card is lifted, and then only the added address tells
        that it still lies there; others answer FOUND for ever. `doubt`: it may be another card, read it to see.
        """
        misses, was_wanted, rests_unseen = 0, self.wanted, False
        while misses < MISSES_UNTIL_GONE:
            yield Rest(PRESENCE_EVERY_S)
            doubt |= self.wanted and not was_wanted
            was_wanted = self.wanted
            answer = yield from self._ask(Command.FIND)
            if answer and answer.meaning is Meaning.FOUND:
                misses = 0
                if (doubt or rests_unseen) and self.wanted:
                    doubt = not (yield from self._read_again())
                continue
            if answer and answer.meaning is Meaning.NO_CARD:
                address = yield from self._ask(Command.READ_ADDED_ADDRESS)
                if address and address.meaning in {Meaning.OK, Meaning.ABSENT}:
                    misses, doubt, rests_unseen = 0, False, True
                    continue
            misses, doubt = misses + 1, True
        self._resting = None
        yield Tell(CardGone())

    def _read_again(self) -> Generator[Step, Reply | Outcome, bool]:
        """Read what lies there and tell if it is another card; say whether it could be read."""
        card = yield from self._read()
        if card is None:
            return False
        self._trouble = None
        if self.wanted and _which(card) != self._resting:
            self._resting = _which(card)
            yield Tell(CardGone())
            yield Tell(CardPlaced(card))
        return True

    def _read(self) -> Generator[Step, Reply | Outcome, Card | None]:
        """Select and read the card that was found; complain when it cannot be read."""
        answer = yield from self._ask(Command.SELECT)
        if answer is None or answer.meaning is not Meaning.OK:
            yield from self._judge(answer)
            return None
        answer = yield from self._ask(Command.READ)
        text = text_area(answer.data) if answer and answer.meaning is Meaning.OK else None
        if text is None:
            yield from self._judge(answer, otherwise=Trouble.PLACE_AGAIN)
            return None
        return read_card(text, self._today())

    # -- trouble

    def _judge(self, answer: Reply | None, otherwise: Trouble | None = None) -> Steps:
        """Complain of what the answer says, or of `otherwise` where it says nothing of its own."""
        meaning = answer.meaning if answer else None
        logger.debug("not as hoped: %r", answer)
        trouble = _TROUBLES.get(meaning, otherwise if answer is None else None)
        if meaning is Meaning.SELF_TEST_FAILED:
            after = yield from self._ask(Command.RESET)
            if self._resets == 0 and after is not None and after.meaning is Meaning.OK:
                trouble = None  # once, a reset may have cured it
            self._resets += 1
        if trouble is not None:
            yield from self._complain(trouble, answer)

    def _complain(self, trouble: Trouble, answer: Reply | None = None) -> Steps:
        if trouble is not self._trouble:
            self._trouble = trouble
            self._well = self._well and trouble in _CARD_TROUBLES
            logger.warning("reader trouble %s; answer: %r", trouble.value, answer)
            yield Tell(ReaderTrouble(trouble))

    def _judge_status(self, status: Reply) -> Steps:
        if status.meaning is Meaning.OK:
            yield from self._module_is_well()
        else:
            yield from self._judge(status)

    def _module_is_well(self) -> Steps:
        self._resets = 0
        if not self._well and self._ready is not None:
            self._well, self._trouble = True, None
            yield Tell(self._ready)

    # -- one command

    def _ask(self, command: Command) -> Asking:
        """Ask; None without a usable answer. Too many of those in a row raise _MuteError."""
        answer = yield from self._try(command)
        self._timeouts = 0 if answer is not None else self._timeouts + 1
        if self._timeouts >= TIMEOUTS_UNTIL_MUTE:
            raise _MuteError
        if answer is not None and command is Command.FIND:
            self._revivals = 0
        return answer

    def _try(self, command: Command, timeout_s: float | None = None) -> Asking:
        """Ask, and once more when a frame was damaged on either way. Raises _PortLostError."""
        for _ in range(2):
            heard = yield Ask(command, timeout_s or TIMEOUT_S[command])
            if heard is Outcome.LOST:
                raise _PortLostError
            if isinstance(heard, Reply) and heard.meaning is not Meaning.DAMAGED:
                return heard
            if heard is Outcome.NOTHING:
                break
        return None


def _which(card: Card) -> int:
    """Tell one card from another without keeping anything of its holder."""
    return hash((card.kind, card.id_number, card.valid_from, card.valid_to))
