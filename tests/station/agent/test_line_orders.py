"""Orders about the line are hostile until checked: what is understood, and within which bounds it is done."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.agent.camera_orders import Refused
from station.agent.line_orders import LINE_COMMANDS, PAIR_S, line_order
from station.probe.leg import Burst
from station.probe.pair import PairOrder
from station.probe.reflecting import ReflectOrder
from wire.orders import Command

KEY = b"k" * 32
KEY64 = base64.b64encode(KEY).decode()
REFLECT = {"ssid": 5, "key": KEY64, "seconds": 30}
PAIR = {
    "station": "999999101002", "host": "192.0.2.7", "port": 8620, "ssid": 5, "key": KEY64, "count": 50,
    "interval_ms": 100,
}  # fmt: skip
TEST = PairOrder("999999101002", "192.0.2.7", 8620, 5, KEY, 50, 100)
FLOOD, HOURS = PAIR | {"interval_ms": 1, "count": 10**9}, PAIR | {"interval_ms": 10_000, "count": 500}
BAD = Refused("E-CMD-05")

Arguments = dict[str, str | int | float | bool]


def order(name: str, arguments: Arguments) -> object:
    return line_order(Command("one", name, 2**40, arguments))


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        pytest.param("burst", {}, Burst(20, 60), id="a burst as usual"),
        pytest.param("burst", {"packets_per_s": 10, "seconds": 5}, Burst(10, 5), id="a small one"),
        pytest.param("burst", {"packets_per_s": 10.0, "seconds": 5.0}, Burst(10, 5), id="whole numbers"),
        pytest.param("burst", {"packets_per_s": 10**12, "seconds": 1e300}, Burst(40, 120), id="a flood"),
        pytest.param("burst", {"packets_per_s": -1, "seconds": 0}, Burst(2, 1), id="less than nothing"),
        pytest.param("burst", {"seconds": 1.5}, BAD, id="a part of a second"),
        pytest.param("burst", {"seconds": float("inf")}, BAD, id="for ever"),
        pytest.param("burst", {"seconds": float("nan")}, BAD, id="no number"),
        pytest.param("burst", {"seconds": "60"}, BAD, id="a number in words"),
        pytest.param("burst", {"seconds": True}, BAD, id="yes"),
        pytest.param("reflect", REFLECT, ReflectOrder(5, KEY, 30), id="a reflection"),
        pytest.param("reflect", REFLECT | {"seconds": 10**6}, ReflectOrder(5, KEY, 600), id="an endless one"),
        pytest.param("reflect", REFLECT | {"ssid": 0}, BAD, id="no ssid"),
        pytest.param("reflect", REFLECT | {"ssid": 65_536}, BAD, id="an ssid too large"),
        pytest.param("reflect", REFLECT | {"ssid": True}, BAD, id="an ssid that is none"),
        pytest.param("reflect", REFLECT | {"key": KEY64[:-4]}, BAD, id="a short key"),
        pytest.param("reflect", REFLECT | {"key": "!" + KEY64[1:]}, BAD, id="a key that is no base64"),
        pytest.param("reflect", REFLECT | {"key": "键" * 44}, BAD, id="a key in Chinese"),
        pytest.param("reflect", REFLECT | {"key": 5}, BAD, id="a key that is a number"),
        pytest.param("reflect", {"ssid": 5}, BAD, id="no key"),
        pytest.param("pair", PAIR, TEST, id="a pair"),
        pytest.param("pair", PAIR | {"host": "2001:db8::7"}, TEST._replace(host="2001:db8::7"), id="IPv6"),
        pytest.param("pair", FLOOD, TEST._replace(packets=2_000, interval_ms=20), id="a flood of packets"),
        pytest.param("pair", HOURS, TEST._replace(packets=PAIR_S // 10, interval_ms=10_000), id="a test of hours"),
        pytest.param("pair", PAIR | {"host": "a b"}, BAD, id="no host"),
        pytest.param("pair", PAIR | {"host": "$(reboot)"}, BAD, id="a host that is a command"),
        pytest.param("pair", PAIR | {"host": ""}, BAD, id="an empty host"),
        pytest.param("pair", PAIR | {"host": "victim.example"}, BAD, id="a name, which it would look up"),
        pytest.param("pair", PAIR | {"host": "224.0.0.1"}, BAD, id="many machines"),
        pytest.param("pair", PAIR | {"host": "::ffff:255.255.255.255"}, BAD, id="all machines, written otherwise"),
        pytest.param("pair", PAIR | {"port": 53}, BAD, id="a port of no station"),
        pytest.param("pair", PAIR | {"port": 0}, BAD, id="no port"),
        pytest.param("pair", PAIR | {"port": 8620.5}, BAD, id="half a port"),
        pytest.param("pair", PAIR | {"station": "../x"}, BAD, id="no station"),
        pytest.param("pair", {}, BAD, id="nothing"),
    ],
)  # fmt: skip
def test_what_an_order_asks(name: str, arguments: Arguments, expected: object) -> None:
    assert order(name, arguments) == expected


@given(
    st.sampled_from(sorted(LINE_COMMANDS)),
    st.dictionaries(
        st.sampled_from([*sorted(PAIR), "seconds", "packets_per_s"]),
        st.one_of(st.text(max_size=50), st.integers(), st.floats(), st.booleans(), st.just(KEY64)),
    ),
)
def test_whatever_it_asks_is_refused_or_within_bounds(name: str, arguments: Arguments) -> None:
    match order(name, {**PAIR, **arguments}):
        case Burst(packets_per_s, seconds):
            assert 2 <= packets_per_s <= 40
            assert 1 <= seconds <= 120
        case ReflectOrder(ssid, key, seconds):
            assert 1 <= ssid <= 65_535
            assert len(key) == 32
            assert 1 <= seconds <= 600
        case PairOrder() as pair:
            assert 1 <= pair.packets <= 2_000
            assert pair.packets * pair.interval_ms <= PAIR_S * 1000
        case other:
            assert other == BAD
