"""The twin itself: the pace of a real line, its pty, and how it is steered."""

import json
import os
import socket
import stat
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from station.devices.reader.control import Lift, Misbehave, Place, steer, steered
from station.devices.reader.frames import (
    BAUDS,
    Command,
    Frame,
    FrameDecoder,
    Meaning,
    build,
    reply_to,
    request,
    set_baud_request,
)
from station.devices.reader.module import Module
from station.devices.reader.persons import PERSONS
from station.devices.reader.simulated import Misbehaviour, SimulatedReader
from station.errors import DeviceError
from tests.waiting import wait_for

SPEEDS = {115200: termios.B115200, 57600: termios.B57600, 38400: termios.B38400, 19200: termios.B19200}


@contextmanager
def running(tmp_path: Path, **options: object) -> Iterator[SimulatedReader]:
    twin = SimulatedReader(link=tmp_path / "reader", **options)
    twin.start()
    try:
        yield twin
    finally:
        twin.close()


@contextmanager
def port(twin: SimulatedReader, baud: int = 115200) -> Iterator[int]:
    """Open the twin's pty as bare as can be, at `baud`."""
    line = os.open(twin.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        attributes = termios.tcgetattr(line)
        attributes[4] = attributes[5] = SPEEDS[baud]
        termios.tcsetattr(line, termios.TCSANOW, attributes)
        yield line
    finally:
        os.close(line)


def hear(line: int, asked: bytes, *, bytes_wanted: int, within_s: float = 5.0) -> bytes:
    os.write(line, asked)
    heard = b""
    deadline = time.monotonic() + within_s
    while len(heard) < bytes_wanted and time.monotonic() < deadline:
        try:
            heard += os.read(line, 4096)
        except BlockingIOError:
            time.sleep(0.001)
    return heard


def test_a_card_takes_as_long_as_its_bytes_take_on_the_line(tmp_path: Path) -> None:
    for baud, at_least_s in ((115200, 0.112), (38400, 0.337)):
        with running(tmp_path, baud=baud) as twin, port(twin, baud) as line:
            twin.place("resident")
            hear(line, request(Command.FIND), bytes_wanted=15)
            hear(line, request(Command.SELECT), bytes_wanted=19)
            began = time.monotonic()
            assert len(hear(line, request(Command.READ), bytes_wanted=1295)) == 1295
            assert at_least_s < time.monotonic() - began < 3 * at_least_s + 0.5


def test_at_another_rate_there_is_silence(tmp_path: Path) -> None:
    with running(tmp_path, baud=57600) as twin:
        with port(twin, 115200) as line:
            assert hear(line, request(Command.STATUS), bytes_wanted=1, within_s=0.1) == b""
        with port(twin, 57600) as line:
            assert hear(line, request(Command.STATUS), bytes_wanted=11) == build(b"\x00\x00\x90")


def test_the_rate_can_be_set_by_the_driver_and_is_answered_at_the_old_one(tmp_path: Path) -> None:
    with running(tmp_path) as twin:
        with port(twin) as line:
            assert hear(line, set_baud_request(19200), bytes_wanted=11) == build(b"\x00\x00\x90")
            assert hear(line, request(Command.STATUS), bytes_wanted=1, within_s=0.1) == b""
        with port(twin, 19200) as line:
            assert hear(line, request(Command.STATUS), bytes_wanted=11) == build(b"\x00\x00\x90")


def test_unplugged_its_link_is_gone_and_plugged_in_again_it_is_back(tmp_path: Path) -> None:
    with running(tmp_path) as twin:
        twin.misbehave(Misbehaviour.UNPLUGGED)
        assert not (tmp_path / "reader").is_symlink()
        twin.behave()
        with port(twin) as line:
            assert hear(line, request(Command.STATUS), bytes_wanted=11) == build(b"\x00\x00\x90")
    assert not (tmp_path / "reader").is_symlink()


def test_a_driver_that_never_reads_does_not_block_it(tmp_path: Path) -> None:
    with running(tmp_path) as twin, port(twin) as line:
        twin.place("resident")
        hear(line, request(Command.FIND), bytes_wanted=15)
        hear(line, request(Command.SELECT), bytes_wanted=19)
        for _ in range(8):
            os.write(line, request(Command.READ_WITH_FINGERPRINT) + request(Command.READ))
        os.write(line, request(Command.SAM_ID))
        wait_for(lambda: twin.module.asked[Command.SAM_ID], "the last command")
        termios.tcflush(line, termios.TCIFLUSH)
        heard, sound = hear(line, request(Command.STATUS), bytes_wanted=11), build(b"\x00\x00\x90")
        while not heard.endswith(sound) and (more := hear(line, b"", bytes_wanted=1)):
            heard += more  # the answer before it was still on its way
        assert heard.endswith(sound)


def test_a_file_in_the_place_of_its_link_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "reader").write_text("precious")
    with pytest.raises(DeviceError) as caught:
        SimulatedReader(link=tmp_path / "reader").start()
    assert caught.value.code == "E-READER-42"
    assert (tmp_path / "reader").read_text() == "precious"


def ask(module: Module, command: Command) -> tuple[Meaning, bytes]:
    decoder = FrameDecoder()
    decoder.feed(request(command) + module.answer(Frame(command.value)))
    _, answer = decoder.events()
    assert isinstance(answer, Frame)
    reply = reply_to(command, answer)
    assert reply is not None
    return reply.meaning, reply.data


def test_the_module_keeps_the_order_of_the_protocol() -> None:
    module = Module(115200, "80")
    assert ask(module, Command.FIND) == (Meaning.NO_CARD, b"")
    module.place("resident")
    assert ask(module, Command.READ)[0] is Meaning.WRONG_ORDER
    assert ask(module, Command.SELECT)[0] is Meaning.NO_CARD
    assert ask(module, Command.FIND)[0] is Meaning.FOUND
    assert ask(module, Command.SELECT)[0] is Meaning.OK
    assert ask(module, Command.READ)[0] is Meaning.OK
    assert ask(module, Command.READ_ADDED_ADDRESS)[0] is Meaning.ABSENT
    assert ask(module, Command.STATUS)[0] is Meaning.OK
    assert ask(module, Command.READ)[0] is Meaning.OK
    assert ask(module, Command.RESET)[0] is Meaning.OK
    assert ask(module, Command.READ)[0] is Meaning.WRONG_ORDER
    module.place(None)
    assert ask(module, Command.READ)[0] is Meaning.READ_FAILED
    assert ask(module, Command.READ_ADDED_ADDRESS)[0] is Meaning.READ_FAILED


@pytest.mark.parametrize(("resting", "meaning"), [("80", Meaning.NO_CARD), ("9F", Meaning.FOUND)])
def test_a_card_that_rests_is_answered_as_its_firmware_does(resting: str, meaning: Meaning) -> None:
    module = Module(115200, resting)
    module.place("resident")
    for command in (Command.FIND, Command.SELECT, Command.READ):
        ask(module, command)
    assert ask(module, Command.FIND)[0] is meaning


@pytest.mark.parametrize(
    ("command", "total"), [(Command.READ, 1295), (Command.READ_WITH_FINGERPRINT, 1297), (Command.SAM_ID, 27)]
)
def test_answers_are_as_long_as_a_real_modules(command: Command, total: int) -> None:
    for kind in PERSONS:
        module = Module(115200, "9F")
        module.place(kind)
        ask(module, Command.FIND)
        ask(module, Command.SELECT)
        assert len(module.answer(Frame(command.value))) == total


# -- the control socket


def say(control: Path, *lines: bytes) -> list[dict[str, object]]:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(5)
        client.connect(str(control))
        with client.makefile("rwb") as stream:
            answers = []
            for line in lines:
                stream.write(line + b"\n")
                stream.flush()
                answers.append(json.loads(stream.readline()))
            return answers


def test_it_is_steered_by_json_lines(tmp_path: Path) -> None:
    control = tmp_path / "control"
    with running(tmp_path) as twin, steered(twin, control):
        assert stat.S_IMODE(control.stat().st_mode) == 0o600
        assert say(control, b'{"do": "place", "card": "hmt"}', b'{"do": "misbehave", "name": "mute"}') == [
            {"ok": True, "error": ""},
            {"ok": True, "error": ""},
        ]
        assert twin.module.card == "hmt"
        with port(twin) as line:
            assert hear(line, request(Command.STATUS), bytes_wanted=1, within_s=0.1) == b""
            steer(control, Misbehave(Misbehaviour.MUTE, off=True))
            assert hear(line, request(Command.STATUS), bytes_wanted=11) == build(b"\x00\x00\x90")
        steer(control, Lift())
        assert twin.module.card is None
    assert not control.exists()


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"place", id="no JSON"),
        pytest.param(b'{"do": "dance"}', id="an order nobody knows"),
        pytest.param(b'{"do": "place", "card": "library"}', id="a card nobody knows"),
        pytest.param(b'{"do": "baud", "baud": 300}', id="a rate no module has"),
    ],
)
def test_an_order_that_makes_no_sense_is_answered_and_the_next_one_carried_out(tmp_path: Path, line: bytes) -> None:
    control = tmp_path / "control"
    with running(tmp_path) as twin, steered(twin, control):
        refused, done = say(control, line, b'{"do": "place"}')
        assert refused["ok"] is False
        assert refused["error"]
        assert done["ok"] is True
        assert twin.module.card == "resident"


def test_the_rate_can_be_changed_over_the_socket(tmp_path: Path) -> None:
    control = tmp_path / "control"
    with running(tmp_path) as twin, steered(twin, control):
        for baud in BAUDS:
            assert say(control, b'{"do": "baud", "baud": %d}' % baud)[0]["ok"]
            assert twin.module.baud == baud


def test_without_a_twin_steering_says_so(tmp_path: Path) -> None:
    with pytest.raises(DeviceError) as caught:
        steer(tmp_path / "nobody", Place())
    assert caught.value.code == "E-READER-40"


def test_a_socket_left_behind_is_replaced_and_one_in_use_is_not(tmp_path: Path) -> None:
    control = tmp_path / "control"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(control))
    with running(tmp_path) as twin, steered(twin, control):
        steer(control, Place())
        with pytest.raises(DeviceError) as caught, steered(twin, control):
            pass
        assert caught.value.code == "E-READER-41"
        steer(control, Lift())
