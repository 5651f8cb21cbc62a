"""A bench for the rules: the module is the twin's, the wire is the test's, time is counted and never waited for."""

from collections.abc import Callable
from datetime import date

from station.devices.reader.frames import Command, Frame, FrameDecoder, Reply, reply_to, request
from station.devices.reader.module import Module, Resting
from station.devices.reader.port import CardPlaced, ReaderEvent, ReaderTrouble
from station.devices.reader.rules import Rules
from station.devices.reader.steps import Ask, Open, Outcome, Rest, Shut, Step, Tell

TODAY = date(2026, 11, 24)
BOTH: list[Resting] = ["80", "9F"]


class Bench:
    """Drives the rules against the twin's module; time is counted, never waited for."""

    def __init__(self, resting: Resting = "9F", *, baud: int = 115200, module_baud: int = 115200) -> None:
        self.module = Module(module_baud, resting)
        self.rules = Rules(baud, lambda: TODAY)
        self.line_baud: int | None = None
        self.plugged = True
        self.spoil: Callable[[Command], Reply | Outcome | None] = lambda _: None
        self.now_s = 0.0
        self.done: list[Step] = []
        self.told: list[ReaderEvent] = []
        self._steps = self.rules.steps()
        self._next = next(self._steps)

    def turn(self) -> None:
        step, outcome = self._next, Outcome.DONE
        heard: Reply | Outcome = outcome
        match step:
            case Ask(command, timeout_s):
                heard = self._ask(command)
                if heard is Outcome.NOTHING:
                    self.now_s += timeout_s
            case Open(baud):
                self.line_baud = baud if self.plugged else None
                heard = Outcome.DONE if self.plugged else Outcome.LOST
            case Shut():
                self.line_baud = None
            case Rest(seconds):
                self.now_s += seconds
            case Tell(event):
                self.told.append(event)
        self.done.append(step)
        self._next = self._steps.send(heard)

    def run(self, seconds: float) -> list[ReaderEvent]:
        """Run for so long on the counted clock; return what was told meanwhile."""
        until, told = self.now_s + seconds, len(self.told)
        while self.now_s < until:
            self.turn()
        return self.told[told:]

    def asked(self, command: Command) -> int:
        return sum(isinstance(step, Ask) and step.command is command for step in self.done)

    def _ask(self, command: Command) -> Reply | Outcome:
        if not self.plugged or self.line_baud is None:
            return Outcome.LOST
        if (spoilt := self.spoil(command)) is not None:
            return spoilt
        if self.line_baud != self.module.baud:
            return Outcome.NOTHING
        decoder = FrameDecoder()
        decoder.feed(request(command))
        (asked,) = decoder.events()
        assert isinstance(asked, Frame)
        decoder.feed(self.module.answer(asked))
        (answer,) = decoder.events()
        assert isinstance(answer, Frame)
        return reply_to(command, answer) or Outcome.NOTHING


def looking(resting: Resting = "9F") -> Bench:
    bench = Bench(resting)
    bench.rules.wanted = True
    bench.run(1)
    bench.told.clear()
    return bench


def names(events: list[ReaderEvent]) -> list[str]:
    return [
        event.trouble.name
        if isinstance(event, ReaderTrouble)
        else event.card.kind
        if isinstance(event, CardPlaced)
        else type(event).__name__
        for event in events
    ]
