"""The agent's main loop: carries out what the session decides, and never stops for a trouble."""

import logging
import time
from typing import NamedTuple

from station.agent.camera_desk import CameraDesk
from station.agent.card_desk import CardDesk
from station.agent.commands import execute
from station.agent.documents import Documents
from station.agent.guard import GuardedSpool
from station.agent.line_desk import PROBE_NOTE, LineDesk
from station.agent.link import Link
from station.agent.messages import (
    Action,
    Denied,
    DevicesChanged,
    HubNote,
    Learn,
    NoteUrgent,
    OutboxChanged,
    Publish,
    RunCommand,
    Subscribe,
    TakeLibrary,
    TakeProbe,
    TakeReply,
    Trim,
)
from station.agent.renewing import Renewing
from station.agent.session import Session
from station.agent.updates import UpdateDesk
from station.agent.watch import DeviceWatch
from station.clock import Clock, Stamp
from station.errors import TrustError
from wire.asking import SERVICE_CARD
from wire.codec import encode
from wire.notify import Notifier
from wire.orders import Answer, Command
from wire.records import Body, DeviceEvent

LOOK_EVERY_S = 0.05
DEVICES_EVERY_MS = 1_000
ALIVE_EVERY_MS = 2_000
AFTER_A_FAILED_ROUND_S = 1.0
FAREWELL_S = 1.0

logger = logging.getLogger(__name__)


class Parts(NamedTuple):
    """What the loop works with."""

    clock: Clock
    link: Link
    spool: GuardedSpool
    session: Session
    watch: DeviceWatch
    desk: CameraDesk
    cards: CardDesk
    line: LineDesk
    documents: Documents
    updates: UpdateDesk
    renewing: Renewing
    notifier: Notifier


class Loop:
    """Runs until asked to stop."""

    def __init__(self, parts: Parts) -> None:
        """Take the parts; none is started."""
        self._clock, self._link, self._spool, self._session = parts.clock, parts.link, parts.spool, parts.session
        self._watch, self._desk, self._cards, self._line = parts.watch, parts.desk, parts.cards, parts.line
        self._documents, self._updates, self._notifier = parts.documents, parts.updates, parts.notifier
        self._renewing = parts.renewing
        self._dated = False
        self._devices_due_ms = self._alive_due_ms = 0
        self._stop = False

    def stop(self) -> None:
        """End `run` soon; may be called from a signal handler."""
        self._stop = True

    def run(self) -> None:
        """Work until stopped; whatever goes wrong in one round, the next one begins."""
        self._spool.put_note("hub", "offline")
        self._watch.begin()
        self._line.start()
        self._link.start()
        self._notifier.ready()
        while not self._stop:
            try:
                self._round()
            except Exception:
                # No word to the watchdog for such a round: if every round fails, systemd starts us afresh.
                logger.exception("a round of the agent failed 后台服务出现异常")
                time.sleep(AFTER_A_FAILED_ROUND_S)
        self._say_farewell()

    def _round(self) -> None:
        for event in self._link.events(LOOK_EVERY_S):
            self._do(self._session.handle(event, self._clock.now()))
        for answer in self._desk.answers():
            self._answer("still", answer)
        for answer in self._line.answers():
            self._answer("line", answer)
        self._take_document()
        for reply in self._cards.replies():
            self._spool.put_reply(reply)
        if self._spool.changed():
            self._session.handle(OutboxChanged(), self._clock.now())
            self._take_questions()
        now = self._clock.now()
        if now.mono_ms >= self._devices_due_ms:
            self._devices_due_ms = now.mono_ms + DEVICES_EVERY_MS
            self._look_around()
        self._do(self._session.tick(self._clock.now()))
        if now.mono_ms >= self._alive_due_ms and self._link.is_alive():
            self._alive_due_ms = now.mono_ms + ALIVE_EVERY_MS
            self._notifier.alive()

    def _look_around(self) -> None:
        now = self._clock.now()
        if self._spool.reopen_if_needed():
            self._do(self._session.replace_outbox(self._spool, now))
        if self._watch.look(now):
            self._session.handle(DevicesChanged(), now)
            self._session.handle(OutboxChanged(), now)
        if self._line.record(self._spool, now):
            self._session.handle(OutboxChanged(), now)
        if self._updates.look(self._spool, now):
            self._session.handle(OutboxChanged(), now)
        self._desk.look(now)
        self._look_at_certificate(now)
        self._take_questions()  # without a change too: what is too old is deleted on the way
        if not self._dated and now.at_ms is not None:
            self._date(now.at_ms - now.mono_ms)

    def _look_at_certificate(self, now: Stamp) -> None:
        another, events = self._renewing.look(now, connected=self._link.connected)
        self._record(*events)
        if another:
            try:
                self._link.take_certificate()
            except TrustError as error:
                logger.warning("the new certificate is not used before the next start 新证书下次启动时启用: %s", error)

    def _take_document(self) -> None:
        events = self._documents.work(self._clock.now().mono_ms)
        if events is not None:
            self._record(*events)
            self._session.hold(self._documents.versions(), self._clock.now())

    def _take_questions(self) -> None:
        now = self._clock.now()
        for ask, deadline_mono_ms in self._spool.open_asks(now):
            if ask.about == SERVICE_CARD:
                self._cards.look_for(ask, deadline_mono_ms, now)
            else:
                self._do(self._session.ask(ask, deadline_mono_ms, now))

    def _do(self, actions: list[Action]) -> None:
        for action in actions:
            match action:
                case Publish():
                    self._link.publish(action)
                case Subscribe():
                    self._link.subscribe()
                case Trim() | NoteUrgent() | TakeReply():
                    self._keep(action)
                case Learn():
                    self._clock.learn(action.mono_to_utc_ms)
                    self._date(action.mono_to_utc_ms)
                case HubNote():
                    self._note_hub(action.online)
                case RunCommand():
                    self._execute(action.command)
                case TakeLibrary() | TakeProbe():
                    self._hand_on(action)
                case Denied():
                    self._complain(action)

    def _keep(self, action: Trim | NoteUrgent | TakeReply) -> None:
        match action:
            case Trim():
                self._spool.trim(action.seq)
            case NoteUrgent():
                self._spool.note_urgent(action.seqs)
            case TakeReply():
                self._spool.put_reply(action.reply)

    def _hand_on(self, action: TakeLibrary | TakeProbe) -> None:
        match action:
            case TakeLibrary():
                self._documents.put(action.library)
            case TakeProbe():
                self._line.take(action.session)
                self._spool.put_note(PROBE_NOTE, encode(action.session).decode())  # for the doctor on site

    def _note_hub(self, online: bool) -> None:
        self._spool.put_note("hub", "online" if online else "offline")
        self._updates.hub(online, self._clock.now())
        logger.info("the hub answers 县级中心在线" if online else "the hub is away 县级中心离线")

    def _execute(self, command: Command) -> None:
        executed = execute(command, self._spool.spool, self._desk, self._line, self._updates)
        if executed.answer is not None:
            self._answer(command.name, executed.answer)
        self._stop = self._stop or executed.stop

    def _answer(self, name: str, answer: Answer) -> None:
        logger.info("command %s %s: %s %s", name, answer.id, answer.outcome, answer.note)
        self._do(self._session.answer(answer))

    def _complain(self, denied: Denied) -> None:
        logger.error(
            "E-LINK-20 the broker does not let this station write up/%s 消息服务器拒绝本站写入，请检查证书与访问列表",
            denied.family,
        )
        self._record(DeviceEvent("link", "E-LINK-20", note=f"up/{denied.family}"))

    def _record(self, *bodies: Body) -> None:
        now = self._clock.now()
        for body in bodies:
            self._spool.append(body, now)
        self._session.handle(OutboxChanged(), now)

    def _date(self, mono_to_utc_ms: int) -> None:
        """Date what was recorded before the time was known, and tell the kiosk the time."""
        self._dated = True
        kernel_boot = self._clock.now().kernel_boot
        self._spool.date_records(kernel_boot, mono_to_utc_ms)
        self._spool.put_note("clock", f"{kernel_boot} {mono_to_utc_ms}")

    def _say_farewell(self) -> None:
        self._notifier.stopping()
        self._line.close()
        self._line.record(self._spool, self._clock.now())
        self._spool.put_note("hub", "offline")
        self._do(self._session.farewell())
        deadline_s = time.monotonic() + FAREWELL_S
        while self._link.unacknowledged and time.monotonic() < deadline_s:
            self._link.events(LOOK_EVERY_S)
        self._link.close(FAREWELL_S)
