r"""The constrained scalars every message is built from: sizes are bounded where they are declared.

Patterns end in \Z: Python's $ would let a line end through.
"""

from typing import Annotated

from msgspec import Meta

from wire.topics import STATION_ID

StationId = Annotated[str, Meta(pattern=rf"^{STATION_ID}\Z", max_length=15)]
CountyCode = Annotated[str, Meta(pattern=r"^[1-9][0-9]{5}\Z")]
"""GB/T 2260, six digits."""
UtcMs = Annotated[int, Meta(ge=0, le=253_402_300_799_999)]
"""Milliseconds since 1970-01-01 UTC."""
Count = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Seq = Annotated[int, Meta(ge=1, le=2**53 - 1)]
"""Place of a record in its epoch: from 1 upwards, never reused; places may be left out after a power cut."""
Boot = Annotated[int, Meta(ge=1, le=2**53 - 1)]
"""How often the station's agent has started; names the session a death belongs to."""
Epoch = Annotated[str, Meta(pattern=r"^[0-9a-f]{16}\Z")]
"""Drawn at random when a spool is made."""
Share = Annotated[float, Meta(ge=0, le=1)]
"""A part of a whole."""
Name = Annotated[str, Meta(min_length=1, max_length=64)]
"""A short machine or display name that is nobody's personal data."""
Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_./-]{1,40}\Z")]
"""A stable code: of an error, a state, a command."""
Line = Annotated[str, Meta(max_length=200)]
"""One line for people; never personal data."""
Key = Annotated[str, Meta(pattern=r"^[0-9a-f]{16}\Z")]
"""16 hex digits that name a thing: of a public key, the start of its SHA-256."""
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
"""64 hex digits: of a file, a token, a message."""
SealedBox = Annotated[bytes, Meta(max_length=16 * 1024)]
"""A libsodium sealed box; base64 on the wire."""
PictureBox = Annotated[bytes, Meta(max_length=44 * 1024)]
"""A JPEG picture in a libsodium sealed box: in base64 it and its answer fit one payload."""
