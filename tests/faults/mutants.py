"""What comes from outside, changed at random: the same ways of damage for every campaign that reads something."""

import json
import random
from collections.abc import Sequence
from typing import Any

PIECES = (
    b"", b",", b"\n", b'"', b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"{", b"}", b"[", b"null", b"-1", b"1e999",
    b"999999101001", b"\xe6\x9d\x91", b"../", b"/", b"999999", b"true", b"\x1b[2J", b"9" * 400, b'{"":' * 50,
    b"[" * 2000, b"\x30\x84\xff\xff\xff\xff", b"\\u",
)  # fmt: skip
WILD: Any = [None, True, -1, 0, 2**70, 1.5, "", "x" * 3000, [], {}, "\ud800", "证书", "\x00", "../../etc/passwd"]


def mutated(data: bytes, chance: random.Random, pieces: Sequence[bytes] = PIECES) -> bytes:
    """Return other bytes, damaged at one to four places: bits, parts cut out, doubled, put in, or the end gone."""
    out = bytearray(data)
    while out == data:
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(out) + 1)
            length = min(chance.choice((1, 1, 2, 8, 64, 4096)), len(out) - at)
            match chance.randrange(7):
                case 0 if at < len(out):
                    out[at] ^= 1 << chance.randrange(8)
                case 1:
                    del out[at : at + length]
                case 2:
                    out[at:at] = out[at : at + length]
                case 3 | 4:
                    out[at:at] = chance.choice(pieces)
                case 5:
                    out[at : at + length] = chance.randbytes(length)
                case _:
                    del out[chance.randrange(len(out) + 1) if chance.random() < 0.2 else len(out) :]
    return bytes(out)


def mutated_json(data: bytes, chance: random.Random) -> bytes:
    """Return JSON whose bytes, or one of whose fields, were changed."""
    if chance.random() < 0.4:
        return mutated(data, chance)
    fields: dict[str, Any] = json.loads(data)
    name, other = chance.choice(list(fields)), chance.choice(list(fields))
    match chance.randrange(4):
        case 0:
            fields[name] = chance.choice(WILD)
        case 1:
            del fields[name]
        case 2:
            fields[name] = mutated(str(fields[name]).encode(), chance).decode("utf-8", "replace")
        case _:
            fields[name], fields[other] = fields[other], fields[name]
    return json.dumps(fields).encode("ascii", "replace")
