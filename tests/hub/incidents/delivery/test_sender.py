"""The queue and who empties it: nothing lost, nothing sent twice but what nobody can know of, and never for ever."""

import logging
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec
import pytest

from hub.errors import HubError
from hub.incidents.delivery import sender as module
from hub.incidents.delivery.letter import Later, Letter, Never, Outcome, Taken
from hub.incidents.delivery.ports import Ports, ports_of
from hub.incidents.delivery.sender import FIRST_DELAY_S, LEASE_MS, MOST_DELAY_S, Sender
from hub.settings import AlertSettings
from hub.store.deliveries import DeliveriesReader, Delivery, Fresh, queue, retry
from hub.store.engine import Database, StoreError, writing
from tests.hub.fresh_database import fresh_database
from tests.waiting import wait_for

AT_MS = 1_795_000_000_000
DAY_MS = 86_400_000
DOWN = Later("E-SEND-01 nobody there", None, True)


class FakePort:
    """Takes letters, or answers what it is told to."""

    def __init__(self) -> None:
        self.taken: list[Letter] = []
        self.tried: list[int] = []
        self.answer: Callable[[Letter], Outcome] | Outcome = Taken("250 ok")

    def trouble(self) -> str | None:
        return None

    def send(self, letter: Letter, now_ms: int) -> Outcome:
        self.tried.append(now_ms)
        outcome = self.answer(letter) if callable(self.answer) else self.answer
        if isinstance(outcome, Taken):
            self.taken.append(letter)
        return outcome


class Shown:
    """What the metrics would show."""

    def __init__(self) -> None:
        self.ended: list[tuple[str, str]] = []
        self.queue: dict[str, int] = {}

    def count_letter(self, port: str, outcome: str) -> None:
        self.ended.append((port, outcome))

    def show_queue(self, waiting: Mapping[str, int]) -> None:
        self.queue = dict(waiting)


class Post:
    """A queue, a sender, and a time of our own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.at_ms = AT_MS
        self.mail, self.hook, self.shown = FakePort(), FakePort(), Shown()
        self.sender = self.another()

    def another(self) -> Sender:
        return Sender(self.database, Ports(self.mail, {"dispatch": self.hook}), lambda: self.at_ms, self.shown, seed=7)

    def put(self, key: str, port: str = "mail", to: str = "duty@county.test") -> None:
        row = Fresh(key, None, None, "digest", port, to, "digest", self.at_ms, "一", "二", due_ms=self.at_ms)
        with writing(self.database) as connection:
            queue(connection, [row])

    def turn(self, after_ms: int = 0) -> int:
        self.at_ms += after_ms
        return self.sender.turn()

    def rows(self, *, failed: bool = False) -> list[Delivery]:
        return DeliveriesReader(self.database.reader).recent(0, failed=failed)

    def states(self) -> dict[str, int]:
        return {row.state: row.tries for row in self.rows()}


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    database = fresh_database(tmp_path / "hub.sqlite3")
    yield Post(database)
    database.stop()


def test_each_letter_is_sent_once_by_its_port(post: Post) -> None:
    post.put("a")
    post.put("b", "webhook", "dispatch")
    post.put("a")
    assert post.turn() == 2
    assert post.turn(DAY_MS // 2) == 0
    assert [one.key for one in post.mail.taken] == ["a"]
    assert [one.key for one in post.hook.taken] == ["b"]
    assert post.states() == {"sent": 1}
    assert sorted(post.shown.ended) == [("mail", "sent"), ("webhook", "sent")]


def test_what_waits_is_shown(post: Post) -> None:
    post.put("a")
    post.put("b", "webhook", "dispatch")
    post.mail.answer = DOWN
    post.turn()
    assert post.shown.queue == {"mail": 1}


def test_killed_between_sending_and_noting_it_is_sent_again_with_the_same_name(post: Post) -> None:
    post.put("a")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    post.sender._note = killed  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        post.turn()
    post.sender = post.another()
    assert post.turn() == 0, "another hub may be sending it at this moment"
    assert post.turn(LEASE_MS) == 1
    first, second = post.mail.taken
    assert first._replace(tries=1) == second, "its receiver can tell"
    assert post.states() == {"sent": 2}


def test_killed_before_sending_nothing_is_lost(post: Post) -> None:
    post.put("a")

    def killed(_: Letter) -> Outcome:
        raise KeyboardInterrupt

    post.mail.answer = killed
    with pytest.raises(KeyboardInterrupt):
        post.turn()
    post.mail.answer = Taken()
    post.sender = post.another()
    assert post.turn(LEASE_MS) == 1


def test_what_was_sent_and_cannot_be_noted_is_not_sent_again(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    post.put("a")

    def full(*_: object) -> None:
        raise StoreError("E-STORE-03", "disk full")

    with monkeypatch.context() as broken:
        broken.setattr(module, "end", full)
        post.turn()
        for _ in range(5):
            post.turn(LEASE_MS)
    post.turn()
    assert len(post.mail.taken) == 1
    assert post.states() == {"sent": 1}


def test_two_senders_never_take_the_same_letter(post: Post) -> None:
    other = post.another()
    for key in "abc":
        post.put(key)
    answer = post.mail.answer

    def meanwhile(_: Letter) -> Outcome:
        post.mail.answer = answer
        other.turn()
        return Taken()

    post.mail.answer = meanwhile
    post.turn()
    assert sorted(one.key for one in post.mail.taken) == ["a", "b", "c"]


def test_tried_again_with_growing_delay_then_given_up_and_shown(post: Post) -> None:
    post.put("a")
    post.mail.answer = DOWN
    while post.rows()[0].state == "queued":
        post.turn(5_000 if len(post.mail.tried) < 6 else 120_000)
        assert post.at_ms <= AT_MS + DAY_MS + 120_000
    gaps = [b - a for a, b in zip(post.mail.tried, post.mail.tried[1:], strict=False)]
    assert FIRST_DELAY_S * 500 <= gaps[0] <= FIRST_DELAY_S * 1000 + 5_000
    assert MOST_DELAY_S * 500 <= max(gaps) <= MOST_DELAY_S * 1000 + 120_000
    assert gaps[1] > gaps[0] < gaps[2] < gaps[4], "growing"
    assert 20 < len(gaps) < 60
    (row,) = post.rows(failed=True)
    assert (row.state, row.trouble, row.tries) == ("given_up", "E-SEND-01 nobody there", len(gaps) + 1)
    assert post.at_ms - AT_MS > DAY_MS - 2 * MOST_DELAY_S * 1000


def test_who_asks_to_be_left_alone_is(post: Post) -> None:
    post.put("a", "webhook", "dispatch")
    post.put("b", "webhook", "dispatch")
    post.hook.answer = Later("E-SEND-09 429", 600.0)
    post.turn()
    for _ in range(119):
        post.put("c", "webhook", "dispatch")
        post.turn(5_000)
    assert len(post.hook.tried) == 1, "none of the others either"
    post.hook.answer = Taken()
    post.turn(6_000)
    assert len(post.hook.taken) == 3


def test_refused_for_good_is_not_tried_again_unless_somebody_asks(post: Post) -> None:
    post.put("a")
    post.mail.answer = Never("E-SEND-07 550 nobody of that name")
    post.turn()
    post.turn(DAY_MS // 2)
    assert post.states() == {"refused": 1}
    post.mail.answer = Taken()
    (row,) = post.rows(failed=True)
    with writing(post.database) as connection:
        assert retry(connection, row.id, "测试员", post.at_ms)
    assert post.turn() == 1
    (row,) = post.rows()
    assert (row.state, row.tries, row.retried_by) == ("sent", 2, "测试员")
    with writing(post.database) as connection:
        assert not retry(connection, row.id, "测试员", post.at_ms), "it did not fail"


def test_a_port_that_reaches_nobody_holds_up_no_other(post: Post) -> None:
    for number in range(30):
        post.put(f"m{number}")
    post.put("h", "webhook", "dispatch")
    post.mail.answer = DOWN
    assert post.turn() == 1
    assert len(post.mail.tried) == 1, "one try tells of all"
    post.mail.answer = Taken()
    assert post.turn(FIRST_DELAY_S * 1000) == 30


def test_a_port_the_settings_no_longer_name(post: Post) -> None:
    post.put("a", "webhook", "gone")
    post.turn()
    (row,) = post.rows(failed=True)
    assert (row.state, (row.trouble or "")[:9]) == ("refused", "E-SEND-13")


def test_a_clock_set_back_stops_nothing_for_long(post: Post) -> None:
    post.put("a")
    post.mail.answer = DOWN
    post.turn()
    post.mail.answer = Taken()
    post.at_ms -= DAY_MS
    post.put("b")
    assert post.turn() == 1, "the port's rest is measured from then"


def test_the_log_names_no_recipient_and_no_text(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    post.put("a")
    post.put("b", "webhook", "dispatch")
    post.mail.answer = Never("E-SEND-07 550 <duty@county.test> unknown")
    post.hook.answer = DOWN
    post.turn()
    assert "E-SEND-07" in caplog.text
    assert "E-SEND-01" in caplog.text
    assert "county.test" not in caplog.text


def test_a_letter_that_breaks_the_sender_each_time_holds_up_no_other_and_not_for_ever(post: Post) -> None:
    def bad(letter: Letter) -> Outcome:
        if letter.key == "a":
            raise RuntimeError("a fault of ours")
        return Taken()

    post.mail.answer = bad
    post.put("a")
    post.put("b")
    with pytest.raises(RuntimeError):
        post.turn()
    assert post.turn() == 1
    with pytest.raises(RuntimeError):
        post.turn(LEASE_MS)
    post.turn(DAY_MS)
    assert [row.state for row in post.rows()] == ["sent", "given_up"]


HOOK = {"name": "dispatch", "url": "https://x.test/", "secret_file": "none"}


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"mail": {"host": "h", "sender": "nobody"}}, id="a sender that is no address"),
        pytest.param({"webhooks": [HOOK, HOOK]}, id="one name for two"),
        pytest.param({"webhooks": [HOOK | {"url": "http://x.test/"}]}, id="a url in the open"),
    ],
)
def test_settings_that_can_never_do_are_refused(told: dict[str, object]) -> None:
    with pytest.raises(HubError) as refused:
        ports_of(msgspec.convert(told, AlertSettings))
    assert refused.value.code == "E-SEND-18"


def test_a_file_that_is_missing_is_said_at_the_start_and_stops_nothing(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    mail = {"host": "h", "sender": "hub@county.test", "password_file": "none"}
    ports = ports_of(msgspec.convert({"mail": mail, "webhooks": [HOOK]}, AlertSettings))
    sender = Sender(post.database, ports, lambda: post.at_ms)
    sender.start()
    sender.stop()
    assert caplog.text.count("E-SEND-04") == 2
    assert (ports.mail, ports.webhooks) == (True, ["dispatch"])


def test_the_thread_sends_when_woken_survives_a_bad_port_and_stops(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    def bad(_: Letter) -> Outcome:
        post.mail.answer = Taken()
        raise RuntimeError("a fault of ours")

    post.mail.answer = bad
    post.put("a")
    post.put("b")
    post.sender.start()
    wait_for(lambda: "E-SEND-14" in caplog.text, "the fault is logged")
    post.sender.wake()
    wait_for(lambda: [one.key for one in post.mail.taken] == ["b"], "the next is sent")
    post.sender.stop()
    assert not post.sender._thread.is_alive()
    assert post.rows()[1].state == "queued", "the first is sent again later"
