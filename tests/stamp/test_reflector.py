"""The session-reflector is no open door and no amplifier, and numbers what reaches it truthfully."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamp.packet import OPEN_REPLY, OPEN_TEST, SIGNED_REPLY, read_reply, signer
from stamp.reflector import IDLE_NS, MOST_OPEN, MOST_SENDERS, Peer, SessionReflector
from stamp.sender import SessionSender
from stamp.track import REMEMBERED, Track

NOW_NS = 1_800_000_000_000_000_000
S_NS = 1_000_000_000
KEY, OTHER_KEY = b"k" * 32, b"o" * 32
HERE, THERE = ("192.0.2.1", 5000), ("192.0.2.2", 5000)


@pytest.fixture
def reflector() -> SessionReflector:
    known = SessionReflector(open_to=("198.51.100.0/24", "2001:db8::/32"))
    known.admit(Peer(5, KEY, "999999001001"))
    return known


def number_of(answer: bytes | None, key: bytes | None = KEY) -> int | None:
    reply = None if answer is None else read_reply(answer, None if key is None else signer(key))
    return None if reply is None else reply.number


def counted(reflector: SessionReflector) -> dict[str, int]:
    return {word: count for word, count in reflector.counts.items() if count}


@pytest.mark.parametrize(
    ("sender", "source", "word"),
    [
        pytest.param(SessionSender(ssid=5, key=KEY), HERE, "answered", id="session and key known"),
        pytest.param(SessionSender(ssid=5, key=OTHER_KEY), HERE, "forged", id="wrong key"),
        pytest.param(SessionSender(ssid=6, key=KEY), HERE, "unknown", id="unknown session"),
        pytest.param(SessionSender(ssid=5), HERE, "unknown", id="no key, known session, closed network"),
        pytest.param(SessionSender(ssid=9), ("198.51.100.7", 1), "answered", id="no key, open network"),
        pytest.param(SessionSender(), ("::ffff:198.51.100.7", 1), "answered", id="the same address as IPv6 writes it"),
        pytest.param(SessionSender(), ("2001:db8::1", 1), "answered", id="open IPv6 network"),
        pytest.param(SessionSender(), ("fe80::1%2", 1), "unknown", id="a link's own address, not open"),
        pytest.param(SessionSender(), ("no address", 1), "unknown", id="no address at all"),
        pytest.param(SessionSender(ssid=5, key=OTHER_KEY), ("198.51.100.7", 1), "forged", id="forged, open network"),
    ],
)
def test_who_is_answered(
    reflector: SessionReflector, sender: SessionSender, source: tuple[str, int], word: str
) -> None:
    test = sender.packet(NOW_NS)
    answer = reflector.reply(test, source, NOW_NS, 64, NOW_NS)
    assert counted(reflector) == {word: 1}
    assert (answer is not None) == (word == "answered")
    assert answer is None or len(answer) == len(test)


@given(st.binary(max_size=300), st.sampled_from([HERE, ("198.51.100.1", 1)]))
def test_hostile_bytes_never_raise_nor_get_more_than_they_are(payload: bytes, source: tuple[str, int]) -> None:
    reflector = SessionReflector(open_to=("198.51.100.0/24",))
    reflector.admit(Peer(0, KEY, "station"))
    answer = reflector.reply(payload, source, NOW_NS, 64, NOW_NS)
    assert answer is None or len(answer) <= len(payload)
    assert sum(reflector.counts.values()) == 1


@pytest.mark.parametrize("key", [KEY, None])
def test_a_reply_that_is_sent_back_is_no_test_and_proves_no_life(
    reflector: SessionReflector, key: bytes | None
) -> None:
    source = HERE if key else ("198.51.100.7", 862)
    reply = reflector.reply(SessionSender(ssid=5, key=key).packet(NOW_NS), source, NOW_NS, 64, NOW_NS + 5_000)
    assert reply is not None
    heard = reflector.heard_ns()
    assert reflector.reply(reply, source, NOW_NS + 60 * S_NS, 64, NOW_NS + 60 * S_NS) is None
    assert counted(reflector) == {"answered": 1, "malformed": 1}
    assert reflector.heard_ns() == heard


def test_a_key_is_in_no_log() -> None:
    assert "kkkk" not in repr(Peer(5, KEY, "999999001001"))


def test_padding_is_no_reply() -> None:
    reflector = SessionReflector(open_to=("198.51.100.0/24",))
    test = SessionSender().packet(NOW_NS)[:16] + b"\xa5" * 28
    assert reflector.reply(test, ("198.51.100.7", 1), NOW_NS, 64, NOW_NS) is not None, "as of TWAMP Light"


def test_a_key_is_a_must_and_networks_are_networks() -> None:
    with pytest.raises(ValueError, match="without a key"):
        SessionReflector().admit(Peer(5, b"", "station"))
    with pytest.raises(ValueError, match="does not appear"):
        SessionReflector(open_to=("village",))


def test_a_dismissed_session_is_answered_no_more(reflector: SessionReflector) -> None:
    sender = SessionSender(ssid=5, key=KEY)
    reflector.dismiss(5)
    reflector.dismiss(5)
    assert reflector.reply(sender.packet(NOW_NS), HERE, NOW_NS, 64, NOW_NS) is None
    assert reflector.heard_ns() == {}


@pytest.mark.parametrize(
    ("again", "number"),
    [
        pytest.param(Peer(5, KEY, "999999001002"), 3, id="same key: the count goes on"),
        pytest.param(Peer(5, OTHER_KEY, "999999001001"), 0, id="new key: it begins anew"),
    ],
)
def test_admitted_again(reflector: SessionReflector, again: Peer, number: int) -> None:
    sender = SessionSender(ssid=5, key=KEY)
    for _ in range(3):
        reflector.reply(sender.packet(NOW_NS), HERE, NOW_NS, 64, NOW_NS)
    reflector.admit(again)
    if again.key != KEY:
        sender = SessionSender(ssid=5, key=again.key)
    answer = reflector.reply(sender.packet(NOW_NS + 1), HERE, NOW_NS + 1, 64, NOW_NS + 1)
    assert number_of(answer, again.key) == number
    assert reflector.heard_ns() == {again.name: NOW_NS + 1}


def test_a_session_is_limited_to_its_rate_after_a_burst() -> None:
    reflector = SessionReflector(packets_per_s=10, burst=20)
    reflector.admit(Peer(5, KEY, "station"))
    sender = SessionSender(ssid=5, key=KEY)

    def answered(count: int, from_ns: int) -> int:
        before = reflector.counts["answered"]
        for _ in range(count):
            reflector.reply(sender.packet(from_ns), HERE, from_ns, 64, from_ns)
        return reflector.counts["answered"] - before

    assert answered(50, NOW_NS) == 20
    assert answered(5, NOW_NS + S_NS // 10) == 1
    assert answered(50, NOW_NS + 10 * S_NS) == 20
    assert answered(5, NOW_NS - 3600 * S_NS) == 5  # the clock was set back: nobody is shut out for an hour


def test_one_session_over_its_rate_takes_nothing_from_others(reflector: SessionReflector) -> None:
    reflector.admit(Peer(6, OTHER_KEY, "999999001002"))
    loud, quiet = SessionSender(ssid=5, key=KEY), SessionSender(ssid=6, key=OTHER_KEY)
    for _ in range(1000):
        reflector.reply(loud.packet(NOW_NS), HERE, NOW_NS, 64, NOW_NS)
    assert reflector.counts["too_many"] == 800
    assert reflector.reply(quiet.packet(NOW_NS), THERE, NOW_NS, 64, NOW_NS) is not None


def test_an_address_without_a_key_is_limited_whatever_ports_and_sessions_it_uses(reflector: SessionReflector) -> None:
    for number in range(1000):
        test = SessionSender(ssid=number).packet(NOW_NS)
        reflector.reply(test, ("198.51.100.1", 1024 + number), NOW_NS, 64, NOW_NS)
    assert reflector.counts["answered"] == 200
    test = SessionSender().packet(NOW_NS)
    assert reflector.reply(test, ("198.51.100.2", 1024), NOW_NS, 64, NOW_NS) is not None


def test_memory_is_bounded_whoever_calls() -> None:
    reflector = SessionReflector(open_to=("0.0.0.0/0",))
    reflector.admit(Peer(5, KEY, "station"))
    test, signed = SessionSender().packet(NOW_NS), SessionSender(ssid=5, key=KEY).packet(NOW_NS)
    for number in range(3 * MOST_OPEN):
        source = (f"10.0.{number // 256}.{number % 256}", 1)
        for packet in (test, signed):
            reflector.reply(packet, source, NOW_NS, 64, NOW_NS)
    assert len(reflector._open_tracks) == len(reflector._open_buckets) == MOST_OPEN
    [session] = reflector._sessions.values()
    assert len(session.tracks) == MOST_SENDERS


# --- the count ---


def test_a_recorded_packet_sent_again_from_elsewhere_drives_no_live_sender_out(reflector: SessionReflector) -> None:
    sender = SessionSender(ssid=5, key=KEY)
    recorded = sender.packet(NOW_NS)
    reflector.reply(recorded, HERE, NOW_NS, 64, NOW_NS)
    for port in range(20):
        reflector.reply(recorded, ("203.0.113.9", port), NOW_NS, 64, NOW_NS)
    answer = reflector.reply(sender.packet(NOW_NS), HERE, NOW_NS, 64, NOW_NS)
    assert number_of(answer) == 1
    later = NOW_NS + 2 * IDLE_NS
    assert number_of(reflector.reply(SessionSender(ssid=5, key=KEY).packet(later), THERE, later, 64, later)) == 0


def test_behind_another_port_the_count_goes_on(reflector: SessionReflector) -> None:
    sender = SessionSender(ssid=5, key=KEY)
    numbers = [
        number_of(reflector.reply(sender.packet(NOW_NS), (HERE[0], port), NOW_NS, 64, NOW_NS))
        for port in (5000, 5000, 6000, 6000)
    ]
    assert numbers == [0, 1, 2, 3]


def test_two_senders_of_one_session_are_counted_apart(reflector: SessionReflector) -> None:
    senders = {HERE: SessionSender(ssid=5, key=KEY), THERE: SessionSender(ssid=5, key=KEY)}
    for _ in range(3):
        reflector.reply(senders[HERE].packet(NOW_NS), HERE, NOW_NS, 64, NOW_NS)
    numbers = [
        number_of(reflector.reply(senders[source].packet(NOW_NS), source, NOW_NS, 64, NOW_NS))
        for source in (THERE, HERE, THERE, HERE)
    ]
    assert numbers == [0, 3, 1, 4]


@pytest.mark.parametrize(
    ("arrivals", "numbers"),
    [
        pytest.param([(0, 10), (1, 11), (2, 12)], [0, 1, 2], id="in order"),
        pytest.param([(0, 10), (2, 12), (1, 11)], [0, 1, 2], id="overtaken"),
        pytest.param([(0, 10), (0, 10), (1, 11), (0, 10)], [0, 0, 1, 0], id="a repeated packet keeps its number"),
        pytest.param([(9, 10), (0, 20), (1, 21)], [0, 0, 1], id="the sender began anew"),
        pytest.param([(0, 10), (0, 20), (1, 21)], [0, 0, 1], id="it began anew after one packet"),
        pytest.param([(5, 10), (6, 9), (7, 11)], [0, 1, 2], id="its clock was set back"),
        pytest.param([(100, 99), (36, 35), (37, 36)], [0, None, 1], id="just too old to tell, and just not"),
        pytest.param([(0, 10), (1, 11), (0, 9)], [0, 1, None], id="a recorded packet of an earlier run"),
        pytest.param([(2**32 - 1, 10), (0, 11), (2**32 - 1, 10), (1, 12)], [0, 1, 0, 2], id="over the wrap"),
    ],
)
def test_numbers(arrivals: list[tuple[int, int]], numbers: list[int | None]) -> None:
    assert REMEMBERED == 64
    track = Track(arrivals[0][0])
    found = [track.arrival(seq, t1, NOW_NS + place) for place, (seq, t1) in enumerate(arrivals)]
    assert [None if each is None else each[0] for each in found] == numbers


@given(st.lists(st.integers(0, 63), max_size=120))
def test_whatever_the_order_numbers_are_those_of_first_arrival(arrivals: list[int]) -> None:
    track = Track(arrivals[0] if arrivals else 0)
    first: dict[int, int] = {}
    for seq in arrivals:
        first.setdefault(seq, len(first))
        arrival = track.arrival(seq, 1000 + seq, NOW_NS)
        assert arrival is not None
        assert arrival[0] == first[seq]


def test_the_reply_carries_the_senders_own_words_back(reflector: SessionReflector) -> None:
    test = OPEN_TEST.pack(2**32 - 1, 2**64 - 1, 0xC0FF, 77)
    answer = reflector.reply(test, ("198.51.100.1", 9), NOW_NS, 300, NOW_NS + 5)
    assert answer is not None
    reply = OPEN_REPLY.unpack(answer)
    assert (reply[3], *reply[5:8], reply[8]) == (77, 2**32 - 1, 2**64 - 1, 0xC0FF, 300 & 0xFF)
    assert SIGNED_REPLY.size == 96
