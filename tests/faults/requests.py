"""Mutated requests of stations at the hub's doors: each is answered with a code, none with a crash or a certificate."""

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import msgspec

from tests.hub.enrolment.ground import OTHER, Ground, Machine
from wire.enrolment import EnrolReply

TRACES = (Exception,)
"""What would be a traceback."""


class Outcome(NamedTuple):
    """What became of a campaign."""

    tried: int
    codes: Counter[str]
    flaws: list[str]


def run(folder: Path, count: int, seed: int) -> Outcome:
    """Send `count` mutated requests to both doors' desk; return what they were answered and what was wrong."""
    random, ground = Random(seed), Ground(folder / "hub")
    codes: Counter[str] = Counter()
    flaws: list[str] = []
    try:
        station, fresh = Machine(folder / "a", ground), Machine(folder / "b", ground, OTHER)
        token = ground.token()
        enrolled = ground.desk.enrol(msgspec.json.encode(station.request(token)), "x")
        assert isinstance(enrolled.said, EnrolReply)
        station.take(enrolled.said)
        valid = msgspec.json.encode(fresh.request(ground.token(OTHER))), msgspec.json.encode(station.renewal())
        for number in range(count):
            which = number % 2
            body = mutated(valid[which], random)
            door: Callable[[bytes, str], Any] = ground.desk.renew if which else ground.desk.enrol
            try:
                answer = door(body, "192.0.2.1")
            except TRACES as error:
                flaws.append(f"{number}: {type(error).__name__} {error}")
                continue
            if isinstance(answer.said, EnrolReply):
                same = _meaning(body) == _meaning(valid[which])
                codes["the same request" if same else "the same, written otherwise"] += 1
                if not same and answer.said.station not in {station.station, fresh.station}:
                    flaws.append(f"{number}: a certificate for {answer.said.station}")
            elif 400 <= answer.status < 500:
                codes[answer.said.code] += 1
            else:
                flaws.append(f"{number}: {answer.status} {answer.said.code}")
    finally:
        ground.close()
    return Outcome(count, codes, flaws)


def mutated(body: bytes, random: Random) -> bytes:
    """Return a request with something wrong in its bytes, or in one of its values."""
    if random.random() < 0.5:
        return _bytes(body, random)
    value = json.loads(body)
    key = random.choice(list(value))
    kind = random.randrange(5)
    if kind == 0:
        del value[key]
    elif kind == 1:
        value[key] = random.choice([None, 0, -1, 2**70, "", [], {}, True, "x" * 300, "\0", "\ud800", 1.5])
    elif kind == 2 and isinstance(value[key], str):
        value[key] = _bytes(value[key].encode(), random).decode("utf-8", "replace")
    elif kind == 3 and isinstance(value[key], str):
        lines = value[key].split("\n")
        random.shuffle(lines)
        value[key] = "\n".join(lines)
    else:
        other = random.choice(list(value))
        value[key], value[other] = value[other], value[key]
    return json.dumps(value).encode("utf-8", "surrogatepass")


def _bytes(body: bytes, random: Random) -> bytes:
    changed = bytearray(body)
    for _ in range(random.choice([1, 1, 1, 3, 20])):
        at = random.randrange(len(changed) + 1)
        match random.randrange(4):
            case 0:
                changed[at:at] = random.randbytes(random.randrange(1, 9))
            case 1:
                del changed[at : at + random.randrange(1, 40)]
            case 2 if at < len(changed):
                changed[at] ^= 1 << random.randrange(8)
            case _:
                changed = changed[:at] if random.random() < 0.2 else changed + changed[:at]
        if not changed:
            return b""
    return bytes(changed)


def _meaning(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None


def main(arguments: Sequence[str]) -> int:
    """Run `./run faults requests`."""
    parser = argparse.ArgumentParser(prog="./run faults requests", description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=20260101)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        outcome = run(Path(folder), chosen.requests, chosen.seed)
    told = [f"{times:6} {code}" for code, times in outcome.codes.most_common()]
    well = ["each was answered with a code 每个请求都有明确代码的答复"]
    sys.stdout.write("\n".join([*told, *(outcome.flaws or well), ""]))
    return 1 if outcome.flaws else 0
