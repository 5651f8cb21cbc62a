"""`station reader …`: try a reader, or run its simulated twin."""

import logging
import signal
from enum import Enum
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from station.devices.reader.faults import bulk_reader_error, bulk_reader_present
from station.devices.reader.port import Card
from station.devices.reader.simulated import Misbehaviour, SimulatedReader
from station.errors import DeviceError
from station.output import print_out

app = typer.Typer(help="the ID-card reader 身份证读卡器", no_args_is_help=True)

Control = Annotated[Path, typer.Option(help="control socket of the simulated reader 模拟读卡器的控制接口")]


class Kind(Enum):
    """The cards there are (wire.records.CardKind)."""

    RESIDENT = "resident"
    HMT = "hmt"
    FOREIGN_2017 = "foreign_2017"
    FOREIGN_2023 = "foreign_2023"


class RestingCard(Enum):
    """What a module answers while a card that was read still lies on it."""

    SAYS_80 = "80"
    SAYS_9F = "9F"


class Rate(Enum):
    """The rates there are, in baud."""

    R115200 = "115200"
    R57600 = "57600"
    R38400 = "38400"
    R19200 = "19200"
    R9600 = "9600"


@app.command()
def read(
    port: Annotated[str, typer.Option(help="/dev/ttyUSB0, socket://host:port, hwgrep://… 读卡器端口")],
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object instead of lines 输出 JSON")] = False,
    timeout: Annotated[float, typer.Option(min=0.1, max=86400, help="seconds to wait for a card 等待秒数")] = 10.0,
    baud: Annotated[Rate, typer.Option(help="tried first; the others are probed 首选波特率")] = Rate.R115200,
) -> None:
    """Print one card, to standard output only 读一张身份证.

    Waits for a card, reads it and ends. Exit code 4, with one line that says why and what to do, when there is no
    reader, no card in time, or a USB reader without a serial port.

    JSON keys: kind (resident, hmt, foreign_2017, foreign_2023), name, sex (male, female, unknown, unstated), nation,
    birth, id_number, valid_from, valid_to, address, authority, warnings. Dates are YYYY-MM-DD; valid_to may be 长期.
    """
    from station.devices.reader.serial_port import read_one_card

    logging.getLogger().addHandler(logging.NullHandler())  # the one line that matters is the error's
    try:
        card = read_one_card(port, int(baud.value), timeout)
    except DeviceError as error:
        raise _reason(error) from None
    if as_json:
        print_out(msgspec.json.encode(card._asdict()).decode())
    else:
        print_out(as_lines(card))


def _reason(error: DeviceError) -> DeviceError:
    """Return a better reason where one is found: the reader is there, but is no serial port."""
    no_reader = error.code in {"E-READER-30", "E-READER-31"}
    return bulk_reader_error() if no_reader and bulk_reader_present() else error


def as_lines(card: Card) -> str:
    """Return the card for a terminal: `key: value` lines, control characters of the card made harmless."""
    values = card._asdict() | {"warnings": " ".join(card.warnings)}
    return "\n".join(
        f"{key}: " + "".join("\ufffd" if ord(each) < 32 or 127 <= ord(each) < 160 else each for each in value)
        for key, value in values.items()
    )


@app.command()
def simulate(
    control: Control,
    link: Annotated[Path | None, typer.Option(help="symlink that stays when replugged 固定的端口链接")] = None,
    baud: Annotated[Rate, typer.Option(help="the line's rate 波特率")] = Rate.R115200,
    resting: Annotated[RestingCard, typer.Option(help="answer to FIND while a read card rests 卡未移开时的应答")] = (
        RestingCard.SAYS_9F
    ),
) -> None:
    """Run a simulated reader until Ctrl-C or SIGTERM; prints the port to read from 运行模拟读卡器."""
    from station.devices.reader.control import steered

    ending = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ending)  # before any thread begins: all of them leave it to sigwait
    reader = SimulatedReader(link=link, baud=int(baud.value), resting=resting.value)
    reader.start()
    try:
        with steered(reader, control):
            print_out(reader.path)
            signal.sigwait(ending)
    finally:
        reader.close()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ending)


@app.command()
def place(control: Control, card: Annotated[Kind, typer.Argument(help="which card 证件类型")] = Kind.RESIDENT) -> None:
    """Place a fictional person's card on the simulated reader 放卡."""
    from station.devices.reader.control import Place, steer

    steer(control, Place(card.value))


@app.command()
def lift(control: Control) -> None:
    """Lift the card off the simulated reader 移开卡."""
    from station.devices.reader.control import Lift, steer

    steer(control, Lift())


@app.command()
def misbehave(
    control: Control,
    name: Annotated[Misbehaviour, typer.Argument(help="what to do wrong 故障名称")],
    off: Annotated[bool, typer.Option("--off", help="stop it 恢复正常")] = False,
    times: Annotated[int | None, typer.Option(min=1, help="only for so many answers 仅此次数")] = None,
) -> None:
    """Make the simulated reader misbehave, e.g. mute, noisy, unplugged 模拟故障."""
    from station.devices.reader.control import Misbehave, steer

    steer(control, Misbehave(name, off=off, times=times))
