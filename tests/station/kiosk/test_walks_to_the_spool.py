"""The main flows with the real keeper on a real spool, the agent beside it: what lies there then.

The test is the agent: it notes the line, answers questions and takes records away.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import pytest

from station.kiosk.events import AskTold, CardSeen, StoreTold
from station.kiosk.keeper import Keeper
from station.kiosk.texts import read_texts
from station.kiosk.widgets import choice as choice_module
from station.number import visit_number
from station.sealing import seal_to
from station.store.presence import Presence, agent_runs
from station.store.spool import FILE_NAME, Spool
from tests.station.kiosk.fakes import SEAL, opened
from tests.station.kiosk.patience import attach, until
from tests.station.kiosk.people import CHILD, PERSON
from tests.station.kiosk.visitor import Visitor, kiosk
from tests.station.kiosk.walker import ALONE, Walker
from tests.station.kiosk.walks import PHONE, SERVICE_CARD, WORD, To, Told, Walk
from tests.station.kiosk.walks_without_form import WALKS
from wire.asking import Asker
from wire.codec import decode, encode
from wire.life import DeviceState
from wire.orders import Reply
from wire.person import Person, Words
from wire.records import Emergency, Rating, Visit

BY_NAME: Final = {walk.name: walk for walk in WALKS}
ZH: Final = read_texts("zh")
SECRETS: Final = (PERSON.name, PERSON.id_number, CHILD.name, CHILD.id_number, ZH("phrase.owed"), ZH("phrase.boundary"))


class Lies(NamedTuple):
    """What lies in the spool after a walk."""

    who: str
    service: str
    matter: str
    consents: list[str]
    name: str | None = None
    """Of the sealed person; None when there is none."""


MADE: Final = {
    "a message without a name, and a telephone to be called at": Lies(
        "anonymous", "legal_advice", "consumer", ["contact", "words"]
    ),
    "a card, and a message with a telephone": Lies(
        "card", "legal_advice", "consumer", ["identity", "contact", "words"], PERSON.name
    ),
    "a typed number and name, and mediation": Lies(
        "typed", "mediation", "house", ["identity", "contact", "words"], f"{WORD}甲"
    ),
    "a service card and advice": Lies("service_card", "legal_advice", "family", ["identity", "contact", "words"], ""),
    "a child and the guardian's card": Lies(
        "card", "legal_advice", "family", ["identity", "words", "guardian"], CHILD.name
    ),
    "a declined notice leaves what needs no name": Lies("anonymous", "legal_advice", "family", ["words"]),
    "legal aid with the means test": Lies(
        "card", "legal_aid", "support", ["identity", "contact", "words"], PERSON.name
    ),
}


class Agent:
    """The other process of this station, as far as the kiosk sees it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spool = Spool.open(folder / FILE_NAME)
        self._presence = Presence(folder)
        self.asked: list[str] = []

    def line(self, *, online: bool) -> None:
        self.spool.put_note("hub", "online" if online else "offline")
        self.spool.put_device(DeviceState(device="camera/door", state="ok"))

    def records(self, kind: type) -> list[tuple[int, object]]:
        bodies = [
            (record.seq, msgspec.json.decode(record.body, type=Visit | Rating | Emergency))
            for record in self.spool.pending(0, most=50, most_bytes=500_000)
        ]
        return [(seq, body) for seq, body in bodies if isinstance(body, kind)]

    def answer(self, event: CardSeen | AskTold) -> None:
        """Answer the one open question with what `event` says."""
        (asked,) = [one.ask for one in self.spool.open_asks()]
        self.asked.append(asked.about)
        if isinstance(event, CardSeen):
            found = None if event.number is None else event.number.encode()
        else:
            assert decode(opened(asked.box), Asker) == Asker(PERSON.name, PERSON.id_number, asked.reply_to)
            found = None if event.cases is None else encode(event.cases)
        box = None if found is None else seal_to(asked.reply_to, found)
        assert self.spool.put_reply(Reply(asked.id, "none" if box is None else "found", box))

    def readable(self, *secrets: str) -> list[str]:
        """Return which files of the station hold any of `secrets` readably."""
        forms = [
            form
            for text in secrets
            for form in (text.encode(), text.encode("utf-16-le"), text.encode("unicode_escape"))
        ]
        files = [file for file in self.folder.rglob("*") if file.is_file()]
        return [file.name for file in files if any(form in file.read_bytes() for form in forms)]

    def close(self) -> None:
        self.spool.close()
        self._presence.close()


class KeptWalker(Walker):
    """Walks while keeper and agent answer by themselves."""

    def __init__(self, visitor: Visitor, agent: Agent) -> None:
        """Walk as `visitor`."""
        super().__init__(visitor, [], by_keys=True)
        self.agent = agent

    async def go(self, to: To) -> None:
        """Touch, and wait for what comes of it."""
        event = to.touch.event(self.visitor.app.state) if isinstance(to.touch, Told) else None
        if isinstance(event, CardSeen | AskTold):
            await until(self.visitor, lambda: len(self.agent.spool.open_asks()) == 1)
            self.agent.answer(event)
        elif isinstance(event, StoreTold):
            self.agent.spool.trim(self.visitor.app.state.draft.seq or self.visitor.app.state.call_seq or 0)
        elif not (isinstance(to.touch, Told) and to.touch.kept):
            await self._touch(to.touch)
        if to.step not in ALONE:  # what passes by itself may have passed
            await until(self.visitor, lambda: self._is_at(to))
        await self.visitor.settle()

    def _is_at(self, to: To) -> bool:
        state = self.visitor.app.state
        shown = "".join(self.visitor.reads().split())
        words = ("".join(self._shown(text_id).split()) for text_id in (*self._about(), *to.sees))
        return (state.step, state.over) == (to.step, to.over) and all(text in shown for text in words)


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Agent]:
    monkeypatch.setattr(choice_module, "TAP_GUARD_S", 0)
    with closing(Agent(tmp_path)) as agent:
        yield agent


async def walked(walk: Walk, agent: Agent, *, online: bool) -> list[str]:
    """Walk `walk` to its end; return the numbers that were shown."""
    numbers: list[str] = []
    async with kiosk(state=walk.start._replace(hub_online=online)) as visitor:
        path = agent.folder / FILE_NAME
        app = visitor.app
        keeper = Keeper(lambda: Spool.open(path), app.clock, SEAL, app.tell, lambda: agent_runs(agent.folder))
        attach(visitor, keeper=keeper)
        agent.line(online=online)
        keeper.start()
        await until(visitor, lambda: app.state.hub_online is online and keeper.camera_works)
        walker = KeptWalker(visitor, agent)
        for to in walk.way:
            await walker.go(to)
            numbers += [app.state.draft.number] if app.state.draft.number else []
        keeper.close()
    return numbers


@pytest.mark.parametrize("online", [True, False], ids=["online", "offline"])
@pytest.mark.parametrize("name", MADE)
async def test_a_form_lies_sealed_in_the_spool_with_what_was_agreed_to(name: str, online: bool, agent: Agent) -> None:
    walk, lies = BY_NAME[name], MADE[name]
    without_receipt = tuple(to for to in walk.way if "saved.county_has_it" not in to.sees)
    numbers = await walked(walk._replace(way=without_receipt), agent, online=online)
    ((seq, visit),) = agent.records(Visit)
    assert isinstance(visit, Visit)
    assert set(numbers) == {visit.number} == {visit_number(agent.spool.epoch, seq)}
    assert (visit.who, visit.service, visit.matter, visit.language) == (lies.who, lies.service, lies.matter, "zh")
    assert sorted(visit.consents) == sorted(lies.consents)
    assert visit.notice is not None
    assert visit.words is not None
    said = decode(opened(visit.words.box), Words)
    assert said.fields.get("matter", said.fields.get("cause")) == lies.matter
    assert ("phone" in said.fields) <= ("contact" in lies.consents)
    if lies.name is None:
        assert visit.person is None
    else:
        assert visit.person is not None
        person = decode(opened(visit.person.identity), Person)
        assert person.name == lies.name
        assert person.verified is (lies.who == "card")
        assert person.service_card == (SERVICE_CARD if lies.who == "service_card" else "")
        assert person.guardian_name == (PERSON.name if lies.name == CHILD.name else "")
        assert person.phone in {"", PHONE}
    rated = [body for _, body in agent.records(Rating)]
    assert rated == ([Rating(visit=seq, grade=4)] if "telephone to be called" in name else [])
    assert agent.readable(*SECRETS) == []


async def test_matters_are_asked_for_and_answered_without_a_readable_word_on_the_disk(agent: Agent) -> None:
    await walked(BY_NAME["how matters stand, found"], agent, online=True)
    assert agent.asked == ["progress"]
    assert agent.spool.open_asks() == []
    ((_, looked_at),) = agent.records(Visit)
    assert isinstance(looked_at, Visit)
    assert (looked_at.service, looked_at.who, looked_at.person) == ("progress", "anonymous", None)
    assert agent.readable(*SECRETS, "42-00003-5") == []


@pytest.mark.parametrize("online", [True, False], ids=["online", "offline"])
async def test_a_call_for_help_lies_there_without_a_name_and_so_does_its_withdrawal(online: bool, agent: Agent) -> None:
    name = (
        "help is called, heard of, and called off"
        if online
        else "help is called offline, and it is said whom to telephone"
    )
    walk = BY_NAME[name]
    if online:  # a receipt would take away what is to be looked at
        walk = walk._replace(
            way=tuple(to for to in walk.way if to.sees[:1] not in {("emergency.received",), ("emergency.withdrawn",)})
        )
    await walked(walk, agent, online=online)
    calls = [body for _, body in agent.records(Emergency)]
    assert [call.withdrawn for call in calls if isinstance(call, Emergency)] == ([False, True] if online else [False])
    assert len({call.call for call in calls if isinstance(call, Emergency)}) == 1


async def test_what_the_county_has_is_said_as_soon_as_it_does(agent: Agent) -> None:
    await walked(BY_NAME["a message without a name, and a telephone to be called at"], agent, online=True)
    ((_, rating),) = agent.records(Rating)
    assert agent.records(Visit) == []
    assert rating == Rating(visit=1, grade=4)
