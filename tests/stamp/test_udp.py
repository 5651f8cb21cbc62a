"""Real sockets: the kernel's times, both families, many flows at once, and nobody listening."""

import socket
import time

import pytest

from stamp.figures import Figures
from stamp.reflector import Peer, SessionReflector
from stamp.sender import SessionSender
from stamp.udp import FULL_TTL, ReflectorThread, StampSocket, resolve
from tests.waiting import wait_for

KEY = b"k" * 32


def has_ipv6() -> bool:
    try:
        with StampSocket("::1"):
            return True
    except OSError:
        return False


IPV6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")


@pytest.mark.parametrize(
    ("listen", "to"),
    [
        pytest.param("127.0.0.1", "127.0.0.1", id="IPv4"),
        pytest.param(None, "127.0.0.1", id="IPv4 at any address"),
        pytest.param("::1", "::1", id="IPv6", marks=IPV6),
        pytest.param(None, "::1", id="IPv6 at any address", marks=IPV6),
    ],
)
@pytest.mark.parametrize("key", [None, KEY], ids=["open", "signed"])
def test_a_session_over_real_sockets(listen: str | None, to: str, key: bytes | None) -> None:
    reflector = SessionReflector(open_to=("127.0.0.0/8", "::1/128"))
    reflector.admit(Peer(5, KEY, "999999001001"))
    thread = ReflectorThread(reflector, StampSocket(listen, receive_buffer_bytes=1 << 20))
    thread.start()
    try:
        with StampSocket() as line:
            figures = exchange(line, SessionSender(ssid=5, key=key), (to, thread.socket.port), 5)
        with thread.lock:
            assert reflector.counts["answered"] == 5
            assert set(reflector.heard_ns()) == ({"999999001001"} if key else set())
    finally:
        thread.stop()
    assert (figures.sent, figures.reached, figures.received) == (5, 5, 5)
    assert figures.rtt_min_ms is not None
    assert figures.rtt_min_ms > 0


def exchange(line: StampSocket, sender: SessionSender, to: tuple[str, int], packets: int) -> Figures:
    for number in range(packets):
        assert line.send(sender.packet(time.time_ns()), to)
        [packet] = wait_for(lambda: list(line.packets()), "a reply")
        assert packet.source == to
        heard = sender.take(packet.payload, packet.at_ns)
        assert heard is not None
        assert (heard.sequence, heard.ttl) == (number, FULL_TTL)
    return sender.close_window(time.time_ns(), 0)


def test_times_of_arrival_are_the_kernels_whenever_they_are_asked_for() -> None:
    with StampSocket("127.0.0.1") as ours, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 42)
        before = time.time_ns()
        other.sendto(b"hello", ("127.0.0.1", ours.port))
        after = time.time_ns()
        time.sleep(0.02)  # as a busy process would
        [packet] = ours.packets()
    assert before <= packet.at_ns <= after + 5_000_000
    assert (packet.payload, packet.ttl) == (b"hello", 42)
    assert packet.source[0] == "127.0.0.1"


def test_nothing_there_is_nothing_and_no_wait() -> None:
    with StampSocket() as line:
        assert list(line.packets()) == []


def test_a_closed_port_is_told_to_a_connected_socket() -> None:
    with StampSocket("127.0.0.1") as gone:
        port = gone.port
    with StampSocket("127.0.0.1") as line:
        line.connect(("127.0.0.1", port))
        line.send(b"anybody?", ("127.0.0.1", port))
        wait_for(lambda: list(line.packets()) or line.refused, "the kernel says that nobody listens")


def test_what_cannot_be_sent_is_said() -> None:
    with StampSocket("127.0.0.1") as line:
        assert not line.send(bytes(70_000), ("127.0.0.1", 9))
        assert not line.send(b"broadcast", ("255.255.255.255", 9))


def test_a_port_that_is_taken_is_said_when_it_is_opened() -> None:
    with StampSocket("127.0.0.1") as first, pytest.raises(OSError, match="in use"):
        StampSocket("127.0.0.1", first.port)


def test_names_and_addresses_are_resolved() -> None:
    assert resolve("127.0.0.1", 862) == ("127.0.0.1", 862)
    with pytest.raises(OSError, match=r".+"):
        resolve("name.invalid", 862)


def test_a_reflector_that_never_started_stops_and_stopping_twice_is_once() -> None:
    thread = ReflectorThread(SessionReflector(), StampSocket("127.0.0.1"))
    thread.stop()
    thread.stop()


def test_a_flood_is_answered_up_to_the_rate_and_survived() -> None:
    thread = ReflectorThread(
        SessionReflector(packets_per_s=10, burst=50, open_to=("127.0.0.0/8",)), StampSocket("127.0.0.1")
    )
    thread.start()
    try:
        with StampSocket("127.0.0.1", receive_buffer_bytes=1 << 20) as line:
            sender = SessionSender()
            to = ("127.0.0.1", thread.socket.port)

            def flooded() -> bool:
                for number in range(100):
                    line.send(sender.packet(time.time_ns()) if number % 2 else b"hostile", to)
                return thread.reflector.counts["too_many"] > 200

            wait_for(flooded, "the rest is refused")
            assert thread.reflector.counts["answered"] < 100
            assert thread.reflector.counts["malformed"] > 100
    finally:
        thread.stop()
