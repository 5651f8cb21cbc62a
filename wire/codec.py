"""Structs to bytes and back, strict on size and types."""

from functools import cache
from typing import Any, Final, TypeVar

import msgspec

from wire.errors import WireError

MAX_PAYLOAD_BYTES: Final = 64 * 1024
"""Refused before decoding; the broker's own limit is set to the same figure."""

MAX_RECORD_BYTES: Final = 32 * 1024
"""One outbox record, encoded: two always fit a batch, so one record never blocks the outbox."""

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
        where = str(error).rpartition(" - at ")[2] if " - at " in str(error) else "`$`"
        raise WireError("E-WIRE-03", f"not a valid {getattr(kind, '__name__', 'message')} at {where}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise WireError("E-WIRE-03", "not JSON") from None
    return value
