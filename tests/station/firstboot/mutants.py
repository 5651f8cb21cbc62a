"""Bundles that were changed at random before a first boot reads them: each is refused with a code, or is the same."""

import base64
import hashlib
import random
import shutil
import warnings
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import msgspec
from cryptography.utils import CryptographyDeprecationWarning
from msgspec import structs

from station.errors import StationError
from station.firstboot.bundle import read_bundle
from station.layout import Layout
from tests.station.firstboot.county import NOW, county
from wire.archive import MAGIC, Head
from wire.certificates import Chain

SIGNATURE_BYTES = 64


class Refused(NamedTuple):
    """What so many mutants were refused for, and what was not refused or not clearly."""

    codes: Counter[str]
    flaws: list[str]

    def line(self) -> str:
        said = ", ".join(f"{code} {times}" for code, times in sorted(self.codes.items()))
        return f"{sum(self.codes.values())} refused 拒绝 ({said}), {len(self.flaws)} flaws 问题"


def run_mutants(folder: Path, times: int, seed: int) -> Refused:
    """Read so many changed bundles, half of them without knowing the county's authority."""
    chance, whole = random.Random(seed), county().bundle()
    layout, path = Layout(folder / "root"), folder / "station.ccb"
    trusted = Chain(county().ca.issuer.certificate)
    refused = Refused(Counter(), [])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)  # serial numbers of 0 and below
        for at in range(times):
            mutant, signed = _mutant(chance, whole)
            path.write_bytes(mutant)
            try:
                read_bundle(path, layout, trusted if at % 2 else None, NOW)
            except StationError as error:
                refused.codes[error.code] += 1
            except Exception as error:  # noqa: BLE001 - that is what is looked for
                refused.flaws.append(f"{seed}/{at}: {type(error).__name__}: {error}")
            else:
                if mutant != whole and not signed:  # whoever has the signer's key may say what he likes
                    refused.flaws.append(f"{seed}/{at}: taken, though it was changed")
    shutil.rmtree(layout.root, ignore_errors=True)
    return refused


def _mutant(chance: random.Random, whole: bytes) -> tuple[bytes, bool]:
    """Return a changed bundle, and whether it was signed once more."""
    match chance.randrange(6):
        case 0:  # a card that lost its end
            return whole[: chance.randrange(len(whole))], False
        case 1:  # bits that fell over
            changed = bytearray(whole)
            for _ in range(chance.randint(1, 8)):
                changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
            return bytes(changed), False
        case 2:  # a piece of it elsewhere
            begin, end = sorted(chance.randrange(len(whole)) for _ in range(2))
            at = chance.randrange(len(whole))
            return whole[:at] + whole[begin:end] + whole[at:], False
        case 3:  # rubbish behind the first bytes
            return MAGIC + chance.randbytes(chance.randrange(200)), False
        case 4:
            return _other_certificates(chance, whole), True
        case _:
            return _other_head(chance, whole), False


def _other_head(chance: random.Random, whole: bytes) -> bytes:
    """Return it with a head that says something else, as whoever has no key would write it."""
    length = int.from_bytes(whole[8:12], "big")
    head = msgspec.to_builtins(msgspec.json.decode(whole[12 : 12 + length], type=Head))
    key = chance.choice(sorted(head))
    one = chance.choice(head["files"])
    wild = chance.choice([None, -1, 2**70, "", "..", "../../etc/shadow", [], {}, True, "9" * 500])
    if chance.random() < 0.5:
        head[key] = wild
    else:
        one[chance.choice(["path", "bytes", "sha256", "executable"])] = wild
    encoded = msgspec.json.encode(head) if wild != 2**70 else repr(head).replace("'", '"').encode()
    return MAGIC + len(encoded).to_bytes(4, "big") + encoded + whole[12 + length :]


def _other_certificates(chance: random.Random, whole: bytes) -> bytes:
    """Return it with bits fallen over in a certificate, and all else as that needs: nothing but trust may stop it."""
    length = int.from_bytes(whole[8:12], "big")
    head = msgspec.json.decode(whole[12 : 12 + length], type=Head)
    at, contents = 12 + length + SIGNATURE_BYTES, {}
    for one in head.files:
        contents[one.path] = whole[at : at + one.bytes]
        at += one.bytes
    signer = head.signer
    if chance.random() < 0.5:
        contents["station/ca.crt"] = _fallen_over(chance, contents["station/ca.crt"])
    else:
        signer = _fallen_over(chance, signer.encode()).decode()
    files = [
        structs.replace(one, bytes=len(contents[one.path]), sha256=hashlib.sha256(contents[one.path]).hexdigest())
        for one in head.files
    ]
    encoded = msgspec.json.encode(structs.replace(head, signer=signer, files=files))
    signed = MAGIC + len(encoded).to_bytes(4, "big") + encoded
    return b"".join([signed, county().signer.key.sign(signed), *(contents[one.path] for one in files)])


def _fallen_over(chance: random.Random, pem: bytes) -> bytes:
    begin, end = b"-----BEGIN CERTIFICATE-----\n", b"\n-----END CERTIFICATE-----\n"
    der = bytearray(base64.b64decode(pem.removeprefix(begin).partition(end)[0]))
    for _ in range(chance.randint(1, 3)):
        der[chance.randrange(len(der))] = chance.randrange(256)
    return begin + base64.encodebytes(bytes(der)).strip() + end
