"""Names are looked up beside whoever asks, and an address once known is not lost."""

import socket
import threading
from collections.abc import Callable

import pytest

from station.probe import addresses as addresses_module
from station.probe.addresses import MOST, Addresses
from tests.waiting import wait_for

Looked = Callable[..., list[object]]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses_module, "AGAIN_AFTER_S", 0.0)
    monkeypatch.setattr(addresses_module, "AFTER_A_FAILURE_S", 0.0)


class Names:
    """A resolver that knows what it is told, and can be slow."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.known: dict[str, str] = {}
        self.asked = 0
        self.go = threading.Event()
        self.go.set()
        monkeypatch.setattr(socket, "getaddrinfo", self.look_up)

    def look_up(self, host: str, *_: object, **__: object) -> list[object]:
        self.asked += 1
        assert self.go.wait(10)
        if host not in self.known:
            raise socket.gaierror(-2, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_DGRAM, 17, "", (self.known[host], 0))]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    return Names(monkeypatch)


def test_an_address_is_one_and_asks_nobody(names: Names) -> None:
    addresses = Addresses()
    assert addresses.of("192.0.2.1") == "192.0.2.1"
    assert addresses.of("2001:db8::1") == "2001:db8::1"
    assert names.asked == 0


def test_a_slow_resolver_is_waited_for_by_nobody_and_asked_once_at_a_time(names: Names) -> None:
    addresses = Addresses()
    names.known["hub"] = "192.0.2.1"
    names.go.clear()
    assert [addresses.of("hub") for _ in range(50)] == [None] * 50
    wait_for(lambda: names.asked == 1, "asked once")
    names.go.set()
    assert wait_for(lambda: addresses.of("hub"), "its address") == "192.0.2.1"


def test_a_name_that_moves_is_followed_and_one_that_is_gone_keeps_its_last_address(names: Names) -> None:
    addresses = Addresses()
    names.known["hub"] = "192.0.2.1"
    wait_for(lambda: addresses.of("hub") == "192.0.2.1", "its first address")
    names.known["hub"] = "192.0.2.2"
    wait_for(lambda: addresses.of("hub") == "192.0.2.2", "its second address")
    del names.known["hub"]
    asked = names.asked
    wait_for(lambda: (addresses.of("hub"), names.asked > asked + 2)[1], "asked again")
    assert addresses.of("hub") == "192.0.2.2"


def test_a_name_that_cannot_be_one_is_no_error(names: Names) -> None:
    addresses = Addresses()
    names.known = {}
    assert addresses.of("x" * 255) is None
    wait_for(lambda: names.asked, "asked")
    assert addresses.of("x" * 255) is None


def test_however_many_names_are_ordered_few_are_kept(names: Names) -> None:
    addresses = Addresses()
    names.go.clear()
    for at in range(3 * MOST):
        addresses.of(f"host-{at}")
    assert len(addresses._known) <= MOST
    names.go.set()
    wait_for(lambda: not addresses._under_way, "all looked up")
    assert len(addresses._due_s) <= MOST
