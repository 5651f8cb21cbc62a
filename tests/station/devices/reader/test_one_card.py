"""One card for the command line: read at once, or a clear reason why not."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from station.devices.reader.frames import PREAMBLE, Frame, FrameDecoder
from station.devices.reader.module import Module
from station.devices.reader.serial_port import read_one_card
from station.devices.reader.simulated import Misbehaviour, SimulatedReader
from station.errors import DeviceError
from tests.station.devices.reader.twin import desk


@pytest.mark.parametrize(
    "noise",
    [
        pytest.param(b"", id="clean"),
        pytest.param(PREAMBLE + b"\x0f\xff", id="with a header before each answer that promises what never comes"),
    ],
)
def test_one_card_is_read_over_a_network_port(noise: bytes) -> None:
    with network_module(noise) as url:
        assert read_one_card(url, 115200, 10).kind == "resident"


@pytest.mark.parametrize(
    ("port", "code"),
    [
        pytest.param("/nonexistent/reader", "E-READER-30", id="no such path"),
        pytest.param("/etc/passwd", "E-READER-31", id="a file"),
        pytest.param("/dev/null", "E-READER-31", id="a device that is no serial port"),
        pytest.param("/tmp", "E-READER-31", id="a folder"),
        pytest.param("carrier-pigeon://loft", "E-READER-31", id="an address nobody knows"),
        pytest.param("socket://127.0.0.1:9", "E-READER-30", id="nobody at the address"),
        pytest.param("hwgrep://no such reader", "E-READER-30", id="no port of that description"),
        pytest.param("loop://", "E-READER-30", id="a line that only echoes"),
    ],
)
def test_what_is_no_reader_is_said_to_be_none(port: str, code: str) -> None:
    with pytest.raises(DeviceError) as caught:
        read_one_card(port, 115200, 10)
    assert caught.value.code == code


def test_a_reader_in_use_is_said_to_be(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        at.wait_ready()
        with pytest.raises(DeviceError) as caught:
            read_one_card(at.twin.path, 115200, 5)
    assert caught.value.code == "E-READER-34"


@pytest.mark.parametrize(
    ("fault", "card", "code"),
    [
        pytest.param(None, None, "E-READER-12", id="no card"),
        pytest.param(Misbehaviour.MOVED, "resident", "E-READER-10", id="moved"),
        pytest.param(Misbehaviour.NOT_AN_ID_CARD, "resident", "E-READER-11", id="not an ID card"),
        pytest.param(Misbehaviour.MUTE, None, "E-READER-30", id="mute"),
        pytest.param(Misbehaviour.NOT_LICENSED, None, "E-READER-21", id="not licensed"),
    ],
)
def test_one_card_that_does_not_come_is_said_why(
    tmp_path: Path, fault: Misbehaviour | None, card: str | None, code: str
) -> None:
    twin = SimulatedReader(link=tmp_path / "reader")
    twin.start()
    if card is not None:
        twin.place(card)
    if fault is not None:
        twin.misbehave(fault)
    began = time.monotonic()
    try:
        with pytest.raises(DeviceError) as caught:
            read_one_card(twin.path, 115200, 0.6)
    finally:
        twin.close()
    assert caught.value.code == code
    assert time.monotonic() - began < 3


@contextmanager
def network_module(noise: bytes = b"") -> Iterator[str]:
    """Serve a module with a card on it over TCP, `noise` before each answer; yield its address."""
    module = Module(115200, "9F")
    module.place("resident")

    def serve() -> None:
        decoder = FrameDecoder()
        with suppress(OSError):
            line, _ = listening.accept()
            with line:
                while data := line.recv(4096):
                    decoder.feed(data)
                    for event in decoder.events():
                        assert isinstance(event, Frame)
                        line.sendall(noise + module.answer(event))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"socket://127.0.0.1:{listening.getsockname()[1]}"
    thread.join(5)
