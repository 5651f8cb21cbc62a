"""Sealing in memory, before anything touches disk or wire: to the hub, and to a question's own key (libsodium)."""

import base64
import binascii
import hashlib
from pathlib import Path
from typing import Final

from msgspec import Struct
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from station.errors import StoreError
from wire.asking import Asker
from wire.codec import encode
from wire.person import Person, Words, mask
from wire.records import SealedPerson, SealedWords

PICTURE_MAX_BYTES: Final = 44 * 1024 - 48
"""The largest JPEG whose box, 48 bytes more, is a PictureBox."""


class Seal:
    """Seals to one public key; cannot open what it sealed."""

    def __init__(self, public_key: bytes) -> None:
        """Take the hub's 32-byte X25519 public key."""
        self.key = hashlib.sha256(public_key).hexdigest()[:16]
        self._box = SealedBox(PublicKey(public_key))

    @classmethod
    def from_file(cls, path: Path) -> "Seal":
        """Read the key (base64 of 32 bytes).

        Raises StoreError E-SEAL-01 when the file is missing or holds no such key.
        """
        try:
            public_key = base64.b64decode(path.read_text("ascii").strip(), validate=True)
            return cls(public_key)
        except (OSError, ValueError, binascii.Error):
            raise StoreError(
                "E-SEAL-01", f"{path}: no sealing key 没有加密公钥，无法登记身份；请重新部署本站配置"
            ) from None

    def person(self, person: Person) -> SealedPerson:
        """Seal an identity and, apart from it, its mask."""
        return SealedPerson(key=self.key, identity=self._seal(person), mask=self._seal(mask(person)))

    def words(self, words: Words) -> SealedWords:
        """Seal a villager's own words."""
        return SealedWords(key=self.key, box=self._seal(words))

    def question(self, asker: Asker) -> bytes:
        """Return the box of a question: whose matters are asked for."""
        return self._seal(asker)

    def picture(self, jpeg: bytes) -> bytes:
        """Return a picture's box.

        Raises StoreError E-SEAL-03 when it is larger than PICTURE_MAX_BYTES.
        """
        if len(jpeg) > PICTURE_MAX_BYTES:
            raise StoreError("E-SEAL-03", "a picture too large to send 画面过大，无法发送；请要求更小的宽度")
        return self._box.encrypt(jpeg)

    def _seal(self, value: Struct) -> bytes:
        return self._box.encrypt(encode(value))


class ReplyKey:
    """A key pair drawn for one answer: whoever has the public half seals to it, this object alone opens."""

    def __init__(self) -> None:
        """Draw it."""
        self._private = PrivateKey.generate()
        self.public = bytes(self._private.public_key)

    def __repr__(self) -> str:
        return "ReplyKey(…)"

    def open(self, box: bytes) -> bytes | None:
        """Return what is in the box; None when it was not sealed to this key, or was altered."""
        try:
            return SealedBox(self._private).decrypt(box)
        except (CryptoError, ValueError):  # ValueError: too short to be a box
            return None


def seal_to(public_key: bytes, content: bytes) -> bytes:
    """Return the box of `content` that only the owner of this X25519 key opens."""
    return SealedBox(PublicKey(public_key)).encrypt(content)
