"""The conversation with the hub, case by case."""

import pytest

from station.agent.messages import (
    Connected,
    DevicesChanged,
    Disconnected,
    Learn,
    OutboxChanged,
    Published,
    Received,
    RunCommand,
    Subscribed,
    TakeLibrary,
)
from station.agent.session import NO_SUBSCRIBER, NOT_AUTHORISED, SUCCESS
from station.fleet.outbox import MemoryOutbox
from tests.station.agent.conversation import (
    BEAT_S,
    EMERGENCY,
    EPOCH,
    SPREAD_S,
    UTC_MS,
    Conversation,
    hub_state,
    sent,
    told,
)
from wire.life import Beat, Birth, DeviceState
from wire.orders import Answer, Command, Library
from wire.records import Rating, SealedPerson, Visit


@pytest.fixture
def talk() -> Conversation:
    return Conversation()


def test_the_birth_follows_the_subscription_so_that_no_welcome_is_missed(talk: Conversation) -> None:
    assert told(talk.happens(Connected())) == ["subscribe"]
    assert told(talk.happens(Subscribed())) == ["birth aa"]
    assert told(talk.after(0.1, talk.receipt(0))) == ["learn the time", "hub answers"]


def test_a_birth_says_what_the_station_is_and_brings_a_beat(talk: Conversation) -> None:
    done = talk.happens(Connected(), Subscribed())
    (birth,) = sent(done, "life")
    assert isinstance(birth, Birth)
    assert (birth.boot, birth.epoch, birth.at_ms) == (7, EPOCH, talk.stamp.at_ms)
    assert len(sent(done, "beat")) == 1


def test_records_wait_for_the_welcome_and_leave_only_on_a_receipt(talk: Conversation) -> None:
    talk.record(3)
    assert told(talk.happens(Connected(), Subscribed())) == ["subscribe", "birth aa"]
    assert told(talk.happens(talk.receipt(0)))[-1] == "records 1-3 after 0"
    assert told(talk.happens(Published("records", 3, SUCCESS))) == []
    assert talk.outbox.depth().records == 3
    assert told(talk.happens(talk.receipt(3))) == ["trim 3"]
    assert talk.outbox.depth().records == 0


def test_a_new_record_goes_out_at_once_when_welcomed(talk: Conversation) -> None:
    talk.welcome()
    talk.record()
    assert told(talk.happens()) == []
    assert told(talk.happens(OutboxChanged())) == ["records 1-1 after 0"]


def test_batches_are_bounded_and_so_is_their_number_in_flight(talk: Conversation) -> None:
    talk.record(260)
    batches = told(talk.welcome())[-4:]
    assert batches == [f"records {low}-{low + 49} after 0" for low in (1, 51, 101, 151)]
    assert told(talk.happens(talk.receipt(60))) == ["trim 60", "records 201-250 after 60"]
    assert told(talk.happens(talk.receipt(150))) == ["trim 150", "records 251-260 after 150"]


def test_a_batch_never_exceeds_what_the_wire_takes(talk: Conversation) -> None:
    for _ in range(6):
        talk.outbox.append(lambda _seq: _bulky(), talk.stamp)
    batches = [word for word in told(talk.welcome()) if word.startswith("records")]
    assert batches == ["records 1-2 after 0", "records 3-4 after 0", "records 5-6 after 0"]


def _bulky() -> Visit:
    box = bytes(10_000)
    return Visit("10-00001-8", "find_person", "typed", "zh", person=SealedPerson("0" * 16, box, box))


def test_places_left_out_after_a_power_cut_do_not_stop_the_hub_s_prefix(talk: Conversation) -> None:
    talk.record(2)
    talk.leap(100)
    talk.record(2)
    assert told(talk.welcome())[-1] == "records 1-2 after 0"
    assert told(talk.happens(talk.receipt(1))) == ["trim 1"]
    assert told(talk.happens(talk.receipt(2))) == ["trim 2", "records 103-104 after 102"]
    assert told(talk.happens(talk.receipt(104))) == ["trim 104"]


def test_an_outbox_that_begins_after_a_gap_says_so(talk: Conversation) -> None:
    talk.record(2)
    talk.welcome()
    talk.happens(talk.receipt(2), Disconnected())
    talk.leap(100)
    talk.record(1)
    assert told(talk.happens(Connected(), Subscribed(), talk.receipt(2)))[-1] == "records 103-103 after 102"


@pytest.mark.parametrize(
    ("receipts", "words"),
    [
        pytest.param([(2, [])], ["trim 2"], id="a receipt for part of a batch trims that part"),
        pytest.param([(3, []), (2, [])], ["trim 3"], id="a late receipt takes nothing back"),
        pytest.param([(3, []), (3, [])], ["trim 3"], id="a repeated receipt does nothing"),
        pytest.param([(0, [])], [], id="a receipt of nothing trims nothing"),
    ],
)
def test_receipts(talk: Conversation, receipts: list[tuple[int, list[int]]], words: list[str]) -> None:
    talk.record(3)
    talk.welcome()
    assert told(talk.happens(*(talk.receipt(seq, urgent) for seq, urgent in receipts))) == words


def test_a_receipt_of_another_epoch_means_nothing(talk: Conversation) -> None:
    talk.record()
    talk.happens(Connected(), Subscribed())
    assert told(talk.happens(talk.receipt(1, epoch="f" * 16))) == []
    assert talk.outbox.depth().records == 1


def test_five_seconds_without_a_receipt_and_the_birth_is_sent_again(talk: Conversation) -> None:
    talk.record(2)
    talk.welcome()
    assert told(talk.after(4.99)) == []
    assert told(talk.after(0.01)) == ["hub is away", "birth aa"]
    assert told(talk.after(0.1, talk.receipt(1))) == ["trim 1", "hub answers", "records 2-2 after 1"]


def test_every_receipt_gives_the_rest_its_time_again(talk: Conversation) -> None:
    talk.record(60)
    talk.welcome()
    assert told(talk.after(4.0, talk.receipt(50))) == ["trim 50"]
    assert told(talk.after(4.0)) == []
    assert told(talk.after(1.0)) == ["hub is away", "birth aa"]


def test_without_anything_in_flight_silence_is_no_stall(talk: Conversation) -> None:
    talk.welcome()
    assert told(talk.after(3600.0)) == []


def test_an_unanswered_birth_is_sent_again_ever_more_slowly(talk: Conversation) -> None:
    talk.happens(Connected(), Subscribed())
    births_at = []
    for _ in range(3000):
        if told(talk.after(0.1)) == ["birth aa"]:
            births_at.append(talk.now_s - 100)
    gaps = [second - first for first, second in zip([0.0, *births_at], births_at, strict=False)]
    assert 4.0 <= gaps[0] <= 6.1
    assert 16.0 <= gaps[2] <= 24.1
    assert 48.0 <= gaps[-1] <= 72.1


def test_nobody_subscribed_holds_the_outbox_until_the_hub_is_back(talk: Conversation) -> None:
    talk.record()
    talk.welcome()
    assert told(talk.happens(Published("records", 1, NO_SUBSCRIBER))) == ["hub is away"]
    talk.record()
    assert told(talk.after(20.0, OutboxChanged())) == []
    talk.happens(hub_state(online=True, since_ms=2))
    assert told(talk.after(SPREAD_S)) == ["birth aa"]
    assert told(talk.happens(talk.receipt(0)))[-2:] == ["hub answers", "records 1-2 after 0"]


def test_a_hub_that_says_farewell_holds_the_outbox(talk: Conversation) -> None:
    talk.welcome()
    assert told(talk.happens(hub_state(online=False))) == ["hub is away"]
    talk.record()
    assert told(talk.after(20.0, OutboxChanged())) == []


@pytest.mark.parametrize(
    ("state", "births"),
    [
        pytest.param(hub_state(online=True, since_ms=2), 1, id="a hub that comes asks for a birth"),
        pytest.param(hub_state(online=True, since_ms=1), 1, id="online again with the same since asks too"),
        pytest.param(
            hub_state(online=True, since_ms=2, retained=True), 0, id="a retained state is older than the birth"
        ),
        pytest.param(hub_state(online=False), 0, id="a hub that leaves asks for nothing"),
    ],
)
def test_births_for_the_hub(talk: Conversation, state: Received, births: int) -> None:
    talk.happens(Connected(), Subscribed(), hub_state(online=True, retained=True), talk.receipt(0))
    talk.happens(state)
    assert len(sent(talk.after(SPREAD_S), "life")) == births


def test_another_hub_than_the_one_that_welcomed_us_gets_again_what_was_in_flight(talk: Conversation) -> None:
    talk.happens(Connected(), Subscribed(), hub_state(online=True, retained=True), talk.receipt(0))
    talk.record(3)
    talk.happens(OutboxChanged(), talk.receipt(1))
    assert told(talk.happens(hub_state(online=True, since_ms=2))) == ["hub is away"]
    assert told(talk.after(SPREAD_S)) == ["birth aa"]
    assert told(talk.happens(talk.receipt(1))) == ["hub answers", "records 2-3 after 1"]


def test_births_after_a_return_of_the_hub_are_spread() -> None:
    moments = set()
    for seed in range(20):
        talk = Conversation(seed=seed)
        talk.welcome()
        talk.happens(hub_state(online=True, since_ms=2))
        while not sent(talk.after(0.02), "life"):
            assert talk.now_s < 100 + SPREAD_S + 0.1
        moments.add(round(talk.now_s, 1))
    assert max(moments) - min(moments) > SPREAD_S / 2
    assert len(moments) > 8


def test_a_broken_line_forgets_what_was_in_flight_and_begins_after_the_last_receipt(talk: Conversation) -> None:
    talk.record(3)
    talk.welcome()
    talk.happens(talk.receipt(1))
    assert told(talk.happens(Disconnected())) == ["hub is away"]
    assert told(talk.after(30.0)) == []
    assert told(talk.happens(Connected(), Subscribed(), talk.receipt(1)))[-2:] == ["hub answers", "records 2-3 after 1"]


def test_a_receipt_kept_by_the_broker_trims_but_is_no_welcome(talk: Conversation) -> None:
    talk.record(2)
    assert told(talk.happens(Connected(), talk.receipt(1))) == ["subscribe", "trim 1"]
    assert talk.session.welcomed is False


def test_a_hub_that_lost_its_memory_is_told_where_the_outbox_begins(talk: Conversation) -> None:
    talk.record(3)
    talk.welcome()
    talk.happens(talk.receipt(2), Disconnected())
    assert told(talk.happens(Connected(), Subscribed(), talk.receipt(0)))[-1] == "records 3-3 after 2"


class TestEmergency:
    def test_it_goes_at_once_and_in_its_turn_too(self, talk: Conversation) -> None:
        talk.welcome()
        talk.record(1)
        talk.record(1, EMERGENCY)
        assert told(talk.happens(OutboxChanged())) == ["urgent 2", "records 1-2 after 0"]

    def test_it_does_not_wait_for_the_welcome(self, talk: Conversation) -> None:
        talk.record(1, EMERGENCY)
        assert told(talk.happens(Connected(), Subscribed())) == ["subscribe", "birth aa", "urgent 1"]
        assert told(talk.happens(talk.receipt(0)))[-1:] == ["records 1-1 after 0"]

    def test_it_overtakes_a_full_window(self, talk: Conversation) -> None:
        talk.record(400)
        talk.welcome()
        talk.record(1, EMERGENCY)
        assert told(talk.happens(OutboxChanged())) == ["urgent 401"]

    def test_stored_ahead_of_its_turn_it_is_not_sent_ahead_again(self, talk: Conversation) -> None:
        talk.record(60)
        talk.record(1, EMERGENCY)
        talk.welcome()
        talk.happens(talk.receipt(50, [61]), Disconnected())
        assert "urgent 61" not in told(talk.happens(Connected(), Subscribed(), talk.receipt(50)))

    def test_with_nobody_there_it_is_sent_again_at_the_welcome(self, talk: Conversation) -> None:
        talk.record(1, EMERGENCY)
        talk.happens(Connected(), Subscribed())
        talk.happens(Published("urgent", 1, NO_SUBSCRIBER))
        assert told(talk.happens(talk.receipt(0)))[-2:] == ["urgent 1", "records 1-1 after 0"]

    def test_unanswered_it_is_sent_again_after_five_seconds(self, talk: Conversation) -> None:
        talk.record(1, EMERGENCY)
        talk.happens(Connected(), Subscribed(), hub_state(online=True, retained=True))
        assert told(talk.after(5.0)) == ["birth aa", "urgent 1"]


class TestDenied:
    def test_it_is_told_once_and_tried_slowly(self, talk: Conversation) -> None:
        talk.record()
        talk.welcome()
        assert told(talk.happens(Published("records", 1, NOT_AUTHORISED))) == ["denied", "hub is away"]
        assert told(talk.after(40.0)) == []
        assert told(talk.after(40.0)) == ["birth aa"]
        talk.happens(talk.receipt(0))
        assert told(talk.happens(Published("records", 1, NOT_AUTHORISED))) == ["hub is away"]

    def test_it_is_told_again_after_it_was_over(self, talk: Conversation) -> None:
        talk.welcome()
        talk.happens(Published("records", 1, NOT_AUTHORISED), Published("records", 1, SUCCESS))
        assert told(talk.happens(Published("records", 1, NOT_AUTHORISED))) == ["denied"]


class TestBeat:
    def test_it_comes_as_often_as_promised(self, talk: Conversation) -> None:
        talk.welcome()
        assert sent(talk.after(BEAT_S - 0.1), "beat") == []
        beats = sent(talk.after(0.1), "beat") + sent(talk.after(BEAT_S), "beat")
        assert [beat.seq for beat in beats if isinstance(beat, Beat)] == [2, 3]

    def test_a_changed_device_brings_it_forward_but_not_more_than_once_a_second(self, talk: Conversation) -> None:
        talk.welcome()
        talk.devices.append(DeviceState("camera/main", "failed", code="E-CAM-01"))
        assert sent(talk.after(0.5, DevicesChanged()), "beat") == []
        (beat,) = sent(talk.after(0.5), "beat")
        assert isinstance(beat, Beat)
        assert beat.devices == talk.devices

    def test_it_tells_the_clock_s_skew_and_what_is_held(self, talk: Conversation) -> None:
        talk.record(2)
        talk.happens(Connected(), Subscribed())
        hub_now_ms = (talk.stamp.at_ms or 0) + 1_500
        talk.happens(talk.receipt(0, at_ms=hub_now_ms - 40))
        talk.after(1.0, talk.receipt(0, at_ms=hub_now_ms + 1_000))
        (beat,) = sent(talk.after(BEAT_S), "beat")
        assert isinstance(beat, Beat)
        assert beat.skew_ms == -1_500
        assert beat.outbox.records == 2


class TestTime:
    def test_records_made_without_a_clock_are_dated_by_the_hub_s(self) -> None:
        talk = Conversation(dated=False)
        talk.record()
        made_s = talk.now_s
        done = talk.after(60.0, Connected(), Subscribed(), talk.receipt(0, at_ms=UTC_MS + 160_000))
        assert Learn(UTC_MS) in done
        (batch,) = sent(done, "records")
        assert f'"at_ms":{UTC_MS + int(made_s * 1000)}'.encode() in bytes(batch.records[0])  # type: ignore[attr-defined]

    def test_a_count_of_an_earlier_kernel_boot_stays_a_count(self) -> None:
        talk = Conversation()
        talk.outbox.append(lambda seq: Rating(seq, 5), talk.stamp._replace(at_ms=None, kernel_boot="f" * 16))
        (batch,) = sent(talk.welcome(), "records")
        assert b'"kernel_boot":"ffffffffffffffff"' in bytes(batch.records[0])  # type: ignore[attr-defined]

    def test_the_hub_s_time_is_told_again_only_when_it_is_known_better(self) -> None:
        talk = Conversation()
        talk.welcome()
        assert told(talk.after(1.0, talk.receipt(0, at_ms=UTC_MS + 101_000 - 300))) == []
        assert told(talk.after(1.0, talk.receipt(0, at_ms=UTC_MS + 102_000 + 60))) == ["learn the time"]


class TestCommand:
    def order(self, talk: Conversation, in_s: float) -> Received:
        expires_ms = UTC_MS + int((talk.now_s + in_s) * 1000)
        return Received(Command("c1", "ping", expires_ms), retained=False)

    def test_in_time_it_is_run(self, talk: Conversation) -> None:
        talk.welcome()
        assert [type(action) for action in talk.happens(self.order(talk, 0.001))] == [RunCommand]

    def test_at_its_expiry_it_is_too_late(self, talk: Conversation) -> None:
        talk.welcome()
        assert told(talk.happens(self.order(talk, 0.0))) == ["answer expired"]

    def test_expiry_is_on_the_hub_s_clock(self, talk: Conversation) -> None:
        talk.happens(Connected(), Subscribed())
        talk.happens(talk.receipt(0, at_ms=UTC_MS + 100_000 + 3_600_000))
        assert told(talk.happens(self.order(talk, 60.0))) == ["answer expired"]

    def test_before_any_time_is_known_it_waits_for_the_hub_s(self) -> None:
        talk = Conversation(dated=False)
        assert told(talk.happens(Connected(), self.order(talk, 5.0))) == ["subscribe"]
        talk.happens(self.order(talk, 60.0), Subscribed())
        talk.after(30.0)
        assert told(talk.happens(talk.receipt(0)))[:3] == ["learn the time", "answer expired", "run ping"]

    def test_its_answer_is_kept_until_the_broker_has_it(self, talk: Conversation) -> None:
        talk.welcome()
        assert told(talk.session.answer(Answer("c1", "done"))) == ["answer done"]
        talk.happens(Disconnected())
        assert "answer done" in told(talk.happens(Connected(), Subscribed()))
        talk.happens(Published("answer", 1, SUCCESS), Disconnected())
        assert "answer done" not in told(talk.happens(Connected(), Subscribed()))

    def test_answers_held_are_bounded(self, talk: Conversation) -> None:
        for number in range(60):
            talk.session.answer(Answer(f"c{number}", "done"))
        answers = sent(talk.happens(Connected(), Subscribed()), "answer")
        assert [answer.id for answer in answers] == [f"c{number}" for number in range(10, 60)]  # type: ignore[attr-defined]


def test_the_library_is_passed_on(talk: Conversation) -> None:
    library = Library(3, [])
    assert TakeLibrary(library) in talk.happens(Received(library, retained=True))


def test_a_new_outbox_is_born_with_its_own_epoch(talk: Conversation) -> None:
    talk.record(3)
    talk.welcome()
    fresh = MemoryOutbox("00000000000000bb")
    talk.outbox = fresh
    assert told(talk.session.replace_outbox(fresh, talk.stamp)) == ["hub is away", "birth bb"]
    talk.record()
    assert told(talk.happens(talk.receipt(3))) == []
    assert told(talk.happens(talk.receipt(0, epoch="00000000000000bb")))[-1] == "records 1-1 after 0"


def test_an_orderly_stop_says_so_and_nothing_more(talk: Conversation) -> None:
    talk.welcome()
    talk.record()
    assert told(talk.session.farewell()) == ["hub is away", "orderly death"]
    assert told(talk.after(60.0, OutboxChanged())) == []


def test_nothing_is_sent_without_a_connection(talk: Conversation) -> None:
    talk.record(1, EMERGENCY)
    assert talk.after(3600.0, OutboxChanged(), DevicesChanged()) == []
    assert talk.session.farewell() == []
    assert talk.session.due_ms() is None


def test_due_tells_when_the_next_tick_does_something(talk: Conversation) -> None:
    talk.welcome()
    due_ms = talk.session.due_ms()
    assert due_ms is not None
    talk.now_s = due_ms / 1000 - 0.001
    assert talk.happens() == []
    assert talk.after(0.001) != []
