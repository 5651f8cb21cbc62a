"""What a change of the state asks of the machine: each duty goes to its port, and none is waited for."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from station.kiosk.content import filled, notice_version
from station.kiosk.events import DevicesTold, Event, Printed, PrinterTold, TryDevice
from station.kiosk.ports.printer import Printer, Sheet
from station.kiosk.ports.voice import Utterance, Voice
from station.kiosk.ports.zoom import Zoom
from station.kiosk.record import NOTICE_VERSION, looked_at, sealed_visit
from station.kiosk.slips import document_sheet, receipt_sheet
from station.kiosk.state import State, Step, wants_card
from station.kiosk.texts import Texts
from station.sealing import Seal
from wire.life import DeviceState
from wire.person import Person
from wire.records import Visit


class Saving(Protocol):
    """Where visits, ratings, calls and device states go, and where questions are asked. Answers come as events."""

    def save_visit(self, visit: int, make: Callable[[str], Visit]) -> None:
        """Commit the visit."""

    def save_looked_at(self, make: Callable[[str], Visit]) -> None:
        """Commit that a service was looked at; nothing is answered."""

    def save_grade(self, visit: int, number: str, grade: int) -> None:
        """Commit the rating of the visit with `number`."""

    def call_for_help(self, call: int, *, withdrawn: bool) -> None:
        """Commit a call for help, or that the last one was a mistake; the answer names `call`."""

    def call_staff(self, call: int) -> None:
        """Commit a call for staff; the answer names `call`."""

    def ask_progress(self, visit: int, person: Person) -> None:
        """Ask the county how the matters of `person` stand."""

    def seek_card(self, visit: int) -> None:
        """Have the camera look for a 便民服务卡."""

    def forget_questions(self) -> None:
        """Drop every question that is not answered yet, with its key."""

    def put_device(self, state: DeviceState) -> None:
        """Store how a device is."""

    @property
    def camera_works(self) -> bool:
        """Whether a camera could look for a card."""


class Looking(Protocol):
    """The reader, as far as the screen goes."""

    def look(self, wanted: bool) -> None:
        """Say whether a card is asked for."""


class Calling(Protocol):
    """The program for video calls."""

    @property
    def available(self) -> bool:
        """Say whether there is one."""

    def start(self) -> None:
        """Begin; its end comes as VIDEO_ENDED."""

    def stop(self) -> None:
        """End it."""


class Staffing(Protocol):
    """What staff ask of the machine. Answers come as events."""

    def check_pin(self, visit: int, pin: str) -> None:
        """Look whether the PIN is right; the answer names `visit`."""

    def report(self) -> None:
        """Tell how everything is."""

    def test(self, device: str) -> None:
        """Try a device out."""


class Ports(NamedTuple):
    """The machine, as far as the kiosk uses it; what it does not have is None or does nothing."""

    keeper: Saving
    cards: Looking | None
    voice: Voice
    printer: Printer
    zoom: Zoom
    video: Calling
    staff: Staffing


class Work:
    """Carries out what a new state asks for. Never blocks."""

    def __init__(self, ports: Ports, seal: Seal, station: str, village: str, tell: Callable[[Event], None]) -> None:
        """Hand duties to `ports`; `tell` takes the printer's answers."""
        self._ports, self._seal, self._tell = ports, seal, tell
        self._station, self._village = station, village

    def do(self, before: State, state: State, event: Event, say: Texts, say_county: Texts) -> None:
        """Do what the way from `before` to `state` asks for; `say` is the villager's language, `say_county` ours."""
        ports, draft = self._ports, state.draft
        if ports.cards is not None:
            ports.cards.look(wants_card(state))
        if _enlarged(state) is not _enlarged(before):
            ports.zoom.enlarge(_enlarged(state))
        left = before.step in {Step.ASKING, Step.SERVICE_CARD} and state.step is not before.step
        if left or before.draft.visit != draft.visit:
            ports.keeper.forget_questions()
        self._call(before, state)
        for service in draft.used - before.draft.used:
            ports.keeper.save_looked_at(looked_at(service, state.language))
        if draft.sheet > before.draft.sheet:
            self._print(state, say)
        if self._sought(state) and not self._sought(before):
            ports.keeper.seek_card(draft.visit)
        if state.step is Step.STAFF and isinstance(event, TryDevice):
            ports.staff.test(event.device)
        if state.step is not before.step:
            self._enter(before, state, say_county)

    def _enter(self, before: State, state: State, say_county: Texts) -> None:
        ports, draft = self._ports, state.draft
        if before.step is Step.VIDEO:
            ports.video.stop()
        match state.step:
            case Step.SAVING:
                notice = notice_version(state.library, NOTICE_VERSION)
                visit = sealed_visit(draft, state.language, say_county, self._seal, notice)
                ports.keeper.save_visit(draft.visit, visit)
            case Step.SAVING_GRADE:
                ports.keeper.save_grade(draft.visit, draft.number, draft.grade)
            case Step.ASKING if draft.person is not None:
                ports.keeper.ask_progress(draft.visit, draft.person)
            case Step.VIDEO:
                ports.video.start()
            case Step.CHECKING_PIN:
                ports.staff.check_pin(draft.visit, before.draft.entry)
            case Step.STAFF:
                ports.staff.report()

    def _call(self, before: State, state: State) -> None:
        if state.call != before.call:
            self._ports.keeper.call_for_help(state.call, withdrawn=state.withdrawn)
        if state.staff_call and state.staff_call != before.staff_call:
            self._ports.keeper.call_staff(state.staff_call)

    def _sought(self, state: State) -> bool:
        return state.step is Step.SERVICE_CARD and not state.draft.card_sought

    def _print(self, state: State, say: Texts) -> None:
        visit, count, sheet = state.draft.visit, state.draft.sheet, self._sheet(state, say)
        if sheet is None:
            self._tell(PrinterTold(visit, count, Printed.FAILED))
            return
        self._ports.printer.print(sheet, lambda printed: self._tell(PrinterTold(visit, count, printed)))

    def _sheet(self, state: State, say: Texts) -> Sheet | None:
        draft = state.draft
        if state.step is Step.SAVED:
            return receipt_sheet(draft, self._station, self._village, say)
        if draft.template is None:
            return None
        return document_sheet(draft.template.title.zh, filled(draft.template, dict(draft.answers)), say)

    def devices(self) -> DevicesTold:
        """Return what the machine has now."""
        ports = self._ports
        return DevicesTold(
            printer=ports.printer.available,
            camera=ports.keeper.camera_works,
            voice=ports.voice.available,
            video=ports.video.available,
        )

    def speak(self, what: Sequence[Utterance], state: State) -> None:
        """Say `what` in the villager's language."""
        self._ports.voice.say(what, state.language)

    def hush(self) -> None:
        """Be silent."""
        self._ports.voice.stop()


def _enlarged(state: State) -> bool:
    """Say whether signs are to be large: not under a code, which needs every cell."""
    return state.large and state.step not in {Step.RECEIPT_QR, Step.FILLED_QR}
