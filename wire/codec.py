"""Structs to bytes and back, strict on size and types."""

import re
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from wire.errors import WireError

MAX_PAYLOAD_BYTES: Final = 64 * 1024
"""Refused before decoding; the broker's own limit is set to the same figure."""

MAX_RECORD_BYTES: Final = 32 * 1024
"""One outbox record, encoded: any one fits a batch, so no record blocks the outbox."""

# The end of msgspec's text; what stands before it may quote the payload.
_PLACE = re.compile(r" - at ((?:`(?:key|value)` in )?`\$[A-Za-z0-9_.\[\]]*`)\Z")

T = TypeVar("T")
_encoder = msgspec.json.Encoder()


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind, strict=True)


def encode(message: msgspec.Struct) -> bytes:
    """Return `message` as JSON bytes.

    Raises WireError E-WIRE-02 when they exceed MAX_PAYLOAD_BYTES: it is the sender's error to build one.
    """
    payload = _encoder.encode(message)
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise WireError("E-WIRE-02", f"{len(payload)} bytes to send, {MAX_PAYLOAD_BYTES} allowed")
    return payload


def decode(payload: bytes, kind: type[T]) -> T:
    """Return `payload` as a value of `kind`; unknown keys are ignored, so old and new versions meet.

    Raises WireError E-WIRE-02 (too large, looked at before decoding) or E-WIRE-03 (not of this shape).
    """
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise WireError("E-WIRE-02", f"{len(payload)} bytes received, {MAX_PAYLOAD_BYTES} allowed")
    return decode_trusted_size(payload, kind)


def decode_trusted_size(payload: bytes | msgspec.Raw, kind: type[T]) -> T:
    """Return `payload`, whose size was already checked, as a value of `kind`.

    Raises WireError E-WIRE-03. The text says where the shape differs, never what stood there.
    """
    try:
        value: T = _decoder(kind).decode(payload)  # type: ignore[arg-type]
    except msgspec.ValidationError as error:
        place = _PLACE.search(str(error))
        what = f"not a valid {getattr(kind, '__name__', 'message')} at {place[1] if place else '`$`'}"
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        what = "not JSON"
    else:
        return value
    # Raised here and not above: an exception's context would carry the payload into a crash report.
    raise WireError("E-WIRE-03", what)


def decoded(payload: bytes, kind: type[T]) -> T | None:
    """Return `payload`, whose size was already checked, as a value of `kind`; None when it is none."""
    try:
        return decode_trusted_size(payload, kind)
    except WireError:
        return None


def read_file(path: Path, kind: type[T]) -> T | None:
    """Return what a file of ours holds, None when it is not there, cannot be read or is damaged."""
    try:
        return decoded(path.read_bytes(), kind)
    except OSError:
        return None
