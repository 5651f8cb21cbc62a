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

from tests.faults.mutants import mutated_json
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
            body = mutated_json(valid[which], random)
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
