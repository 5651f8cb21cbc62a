"""Signing requests, enrolment requests and sticks changed at random: each refused with a clear code, never a trace."""

import argparse
import base64
import datetime as dt
import json
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec

from firmware_config.errors import ProvisionError
from firmware_config.identity.enrolling import KeptToken, key_digest, why_not_enrol
from firmware_config.identity.errors import IdentityError
from firmware_config.identity.issuing import read_request
from firmware_config.inventory.inventory import Inventory
from firmware_config.laptop import Laptop
from firmware_config.stick import answers
from tests.faults.mutants import mutated, mutated_json
from tests.firmware_config.van import COUNTY, NOW, Van, code, van
from wire.certificates import read_chain
from wire.enrolment import EnrolReply, EnrolRequest, StationRefusal, proof_of, token_digest

CODE = re.compile(r"E-[A-Z]+-[0-9]{2}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ON_ONE_STICK = 40
TRACES = (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)
"""What none of it may end in; anything else ends the campaign."""


class Refused(NamedTuple):
    """What the mutants were refused for, and what went wrong."""

    times: int
    codes: Counter[str]
    unchanged: int
    """Let through, since what was changed did not count: the key that was signed for is the one that asked."""
    flaws: list[str]

    def line(self) -> str:
        refused = " ".join(f"{name} {count}" for name, count in sorted(self.codes.items()))
        return f"{self.times} mutants 变异输入, {self.unchanged} as good as before 等同原件; refused 拒绝: {refused}"


def mutated_pem(pem: bytes, chance: random.Random) -> bytes:
    """Return a PEM whose letters or whose DER was changed."""
    if chance.random() < 0.3:
        return mutated(pem, chance)
    body = b"".join(pem.splitlines()[1:-1])
    changed = base64.encodebytes(mutated(base64.b64decode(body), chance))
    return b"-----BEGIN CERTIFICATE REQUEST-----\n" + changed + b"-----END CERTIFICATE REQUEST-----\n"


def mutated_request(data: bytes, chance: random.Random) -> bytes:
    """Return an EnrolRequest that was changed; of four, one in its signing request."""
    if chance.random() < 0.75:
        return mutated_json(data, chance)
    fields = json.loads(data)
    fields["request"] = mutated_pem(fields["request"].encode(), chance).decode("utf-8", "replace")
    return json.dumps(fields).encode("ascii", "replace")


def run_enrolments(folder: Path, times: int, seed: int, tell: Callable[[str], None] = lambda _: None) -> Refused:
    """Give `times` mutants, a third each: to whoever reads a signing request, decides, answers a stick."""
    chance = random.Random(seed)
    told = Refused(times, Counter(), 0, [])
    road = van(folder, ON_ONE_STICK)
    for number in range(ON_ONE_STICK):
        road.ask(code(number))
    good = {path: path.read_bytes() for path in sorted((road.stick / "cuncuntong").glob("*.request.json"))}
    asked = [msgspec.json.decode(content, type=EnrolRequest) for content in good.values()]
    counts = [_requests(asked[0], times // 3, chance, told)]
    tell(f"{counts[0]} read")
    counts.append(_decisions(asked[1], road, times // 3, chance, told))
    tell(f"{counts[1]} decided")
    counts.append(_sticks(road, good, times - 2 * (times // 3), chance, told))
    return told._replace(unchanged=sum(counts))


def _requests(asked: EnrolRequest, times: int, chance: random.Random, told: Refused) -> int:
    pem, unchanged = asked.request.encode(), 0
    own = key_digest(read_request(pem))
    for _ in range(times):
        mutant = mutated_pem(pem, chance)
        try:
            key = key_digest(read_request(mutant))
        except IdentityError as error:
            _note(told, error.code, str(error), mutant)
        except TRACES as error:
            told.flaws.append(f"{type(error).__name__} from {mutant!r}")
        else:
            unchanged += key == own
            if key != own:
                told.flaws.append(f"another key was read from {mutant!r}")
    return unchanged


def _decisions(asked: EnrolRequest, road: Van, times: int, chance: random.Random, told: Refused) -> int:
    unchanged, laptop = 0, road.open()
    content = msgspec.json.encode(asked)
    own = key_digest(read_request(asked.request))
    tokens = [KeptToken(one, token_digest(token), 2**50) for one, token in road.tokens.items()]
    for _ in range(times):
        mutant = mutated_request(content, chance)
        try:
            request = msgspec.json.decode(mutant, type=EnrolRequest)
        except (msgspec.DecodeError, UnicodeDecodeError):
            told.codes["no request at all"] += 1
            continue
        if chance.random() < 0.5:  # whoever has the label may send what he likes
            token, said = road.tokens[asked.station], request.request.encode("utf-8", "replace").decode()
            proof = proof_of(token, asked.station, said)
            request = msgspec.structs.replace(request, request=said, station=asked.station, proof=proof)
        try:
            may = why_not_enrol(request, county=COUNTY, tokens=tokens, unseal=laptop.unseal.open, now_ms=0)
        except TRACES as error:
            told.flaws.append(f"{type(error).__name__} from {mutant!r}")
            continue
        if isinstance(may, StationRefusal):
            _note(told, may.code, f"{may.code} {may.what}", mutant)
        elif may.key != own:
            told.flaws.append(f"another key was accepted from {mutant!r}")
        else:
            unchanged += 1
    return unchanged


def _sticks(road: Van, good: dict[Path, bytes], times: int, chance: random.Random, told: Refused) -> int:
    unchanged, keys = 0, {path: _key_of(content) for path, content in good.items()}
    for begun in range(0, times, ON_ONE_STICK):
        for path in list(good)[: min(ON_ONE_STICK, times - begun)]:
            path.write_bytes(mutated_request(good[path], chance))
        try:
            decided = answers(road.stick, Laptop.open(road.laptop, NOW), NOW + dt.timedelta(minutes=1))
        except ProvisionError as error:
            told.flaws.append(f"the whole stick was refused: {error}")
            continue
        except TRACES as error:
            told.flaws.append(f"{type(error).__name__} from a stick: {error}")
            continue
        for one in decided[: times - begun]:
            path = road.stick / "cuncuntong" / f"{one.station}.request.json"
            if isinstance(one.reply, EnrolReply):
                unchanged += 1
                if key_digest(read_chain(one.reply.certificate.encode()).leaf) != keys[path]:
                    told.flaws.append(f"another key was signed from {path.read_bytes()!r}")
            else:
                _note(told, one.reply.code, f"{one.reply.code} {one.reply.what}", path.read_bytes())
    for entry in Inventory.open(road.laptop).all():
        if len(entry.issued) > 1:
            told.flaws.append(f"{entry.code}: its token was used {len(entry.issued)} times")
    return unchanged


def _key_of(content: bytes) -> str:
    return key_digest(read_request(msgspec.json.decode(content, type=EnrolRequest).request))


def _note(told: Refused, name: str, text: str, mutant: bytes) -> None:
    told.codes[name] += 1
    if not CODE.fullmatch(name) or not CHINESE.search(text) or "\n" in text or not text.startswith(name):
        told.flaws.append(f"not a clear refusal: {text!r} of {mutant!r}")


def main(arguments: list[str]) -> int:
    """Change so many and say what they were refused for."""
    parser = argparse.ArgumentParser(prog="./run faults enrolments", description=__doc__)
    parser.add_argument("--times", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=20260101)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        refused = run_enrolments(
            Path(folder), chosen.times, chosen.seed, lambda text: sys.stderr.write(f"{text}\n") and None
        )
    sys.stdout.write("\n".join([refused.line(), *refused.flaws, ""]))
    return 1 if refused.flaws else 0
