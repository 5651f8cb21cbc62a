"""The MQTT client id: the same at every start, and known to nobody else, so that nobody can push its owner off."""

import hashlib


def client_id(name: str, key_pem: bytes) -> str:
    """Return `name` with a digest of the client's private key: the broker's log still shows whose connection it is.

    A client that takes another's id ends the other's connection; to take this one it would have to guess 64 bits.
    """
    return f"{name}-{hashlib.sha256(key_pem).hexdigest()[:16]}"
