"""Opening what stations sealed to this hub's key, and sealing the hub's own. Nothing here is ever logged.

Errors say nothing of the content.
"""

import base64
import binascii
import hashlib
import hmac
from pathlib import Path
from typing import Self, TypeVar

import msgspec
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from hub.errors import HubError
from wire.asking import Asker
from wire.codec import decode, encode
from wire.errors import WireError
from wire.orders import Ask, SealedPicture
from wire.person import Mask, Person, Words
from wire.person import mask as masked
from wire.records import SealedPerson, SealedWords

JPEG_BEGINS, JPEG_ENDS = b"\xff\xd8\xff", b"\xff\xd9"

T = TypeVar("T", bound=msgspec.Struct)


class Unsealer:
    """Holds the hub's private key; its `key` names the public half, as stations write it beside every box."""

    def __init__(self, private_key: bytes) -> None:
        """Take the 32-byte X25519 private key."""
        private = PrivateKey(private_key)
        self.key = hashlib.sha256(bytes(private.public_key)).hexdigest()[:16]
        self._box = SealedBox(private)
        self._secret = bytes(private)

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read the key (base64 of 32 bytes).

        Raises HubError E-SEAL-02 when the file is missing or holds no such key.
        """
        try:
            return cls(base64.b64decode(path.read_text("ascii").strip(), validate=True))
        except (OSError, ValueError, TypeError, binascii.Error, CryptoError):
            raise HubError(
                "E-SEAL-02",
                f"{path}: no private key to open identities with; put the county's unseal key back"
                " 没有解密私钥，无法显示来访人；请恢复县级中心私钥文件",
            ) from None

    def mask(self, person: SealedPerson) -> Mask | None:
        """Return what a list may show, or None when the boxes are of another key or damaged.

        It is masked once more: a station in error must not show a whole number.
        """
        seen = self._open(person.key, person.mask, Mask)
        return None if seen is None else masked(Person(name=seen.name, id_number=seen.id_number))

    def shown(self, person: SealedPerson | None, who: str) -> Mask | None:
        """Return `mask` of somebody who came by this; a service card tells only its number."""
        seen = None if person is None else self.mask(person)
        return seen if seen is None or who != "service_card" else Mask("", seen.id_number)

    def identity(self, person: SealedPerson) -> Person | None:
        """Return the whole identity, or None as `mask` does.

        Only for a named person of the centre with a reason, and only after that access has been stored
        (PIPL 51, 54), or for the index of `index.py`, which keeps nothing of it; lists never need it.
        """
        return self._open(person.key, person.identity, Person)

    def words(self, words: SealedWords) -> Words | None:
        """Return a villager's own words, or None as `mask` does; only as `identity` allows it."""
        return self._open(words.key, words.box, Words)

    def asker(self, ask: Ask) -> Asker | None:
        """Return whose matters a station asks for, or None as `mask` does."""
        return self._open(ask.key, ask.box, Asker)

    def seal_note(self, note: str) -> bytes:
        """Seal what the county wrote to its own key: the database keeps no clear word of it."""
        return self._box.encrypt(note.encode())

    def note(self, box: bytes) -> str | None:
        """Return what `seal_note` sealed, or None when it is of another key or damaged."""
        try:
            return self._box.decrypt(box).decode()
        except (CryptoError, UnicodeDecodeError):
            return None

    def secret_for(self, purpose: bytes) -> bytes:
        """Return 32 bytes that only the holder of the private key can make, others for each purpose."""
        return hmac.digest(self._secret, purpose, "sha256")

    def picture(self, sealed: SealedPicture) -> bytes | None:
        """Return the JPEG a station sealed, or None when it is of another key, damaged or no JPEG.

        Only as `identity` allows it: after the viewing was stored.
        """
        if sealed.key != self.key:
            return None
        try:
            jpeg = self._box.decrypt(sealed.box)
        except CryptoError:
            return None
        return jpeg if jpeg.startswith(JPEG_BEGINS) and jpeg.endswith(JPEG_ENDS) else None

    def token(self, key: str, box: bytes) -> bytes | None:
        """Return a label's token that a station sealed to the key so named, or None as `mask` does."""
        try:
            return self._box.decrypt(box) if key == self.key else None
        except (CryptoError, ValueError):
            return None

    def _open(self, key: str, box: bytes, kind: type[T]) -> T | None:
        if key != self.key:
            return None
        try:
            return decode(self._box.decrypt(box), kind)
        except (CryptoError, WireError):
            return None

    def __repr__(self) -> str:
        return "Unsealer(…)"


def seal_to(public_key: bytes, content: msgspec.Struct) -> bytes | None:
    """Return `content` sealed to a kiosk's 32-byte public key, or None when that is no key anybody can open with."""
    try:
        return bytes(SealedBox(PublicKey(public_key)).encrypt(encode(content)))
    except (CryptoError, ValueError, TypeError):
        return None
