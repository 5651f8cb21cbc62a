"""The key that tokens are sealed to on their way to a laptop (libsodium sealed boxes)."""

import base64
import binascii
import hashlib
from pathlib import Path
from typing import Self

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

from firmware_config.identity.errors import IdentityError


class UnsealKey:
    """A private key: `public` is its other half, `key` names that, as stations write it beside every box."""

    def __init__(self, private_key: bytes) -> None:
        """Take the 32-byte X25519 private key."""
        private = PrivateKey(private_key)
        self.public = bytes(private.public_key)
        self.key = hashlib.sha256(self.public).hexdigest()[:16]
        self._box = SealedBox(private)

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read the key (base64 of 32 bytes), as `new_seal_keys` makes it.

        Raises IdentityError E-ID-09 when the file is missing or holds no such key.
        """
        try:
            return cls(base64.b64decode(path.read_text("ascii").strip(), validate=True))
        except (OSError, ValueError, TypeError, binascii.Error, CryptoError):
            raise IdentityError(
                "E-ID-09", f"{path}: no key to open tokens with; run `firmware-config ca delegate` 没有解封标签码的私钥"
            ) from None

    def open(self, key: str, box: bytes) -> bytes | None:
        """Return what was sealed to `key`, None when that is another's or the box is damaged."""
        if key != self.key:
            return None
        try:
            return self._box.decrypt(box)
        except (CryptoError, ValueError):  # ValueError: too short to be a box
            return None

    def __repr__(self) -> str:
        return "UnsealKey(…)"
