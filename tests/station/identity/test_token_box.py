"""What a label's token seals: only that token opens it, and the same content is the same bytes."""

import pytest

from station.errors import TrustError
from station.identity.token_box import open_with_token, seal_with_token
from wire.enrolment import shown_token
from wire.errors import WireError

TOKEN, OTHER = "0123456789ABCDEF", "0123456789ABCDEG"


def test_the_token_opens_what_it_sealed_however_it_was_typed() -> None:
    box = seal_with_token(TOKEN, "密码 secret".encode())
    assert b"secret" not in box
    assert open_with_token(shown_token(TOKEN).lower(), box).decode() == "密码 secret"


def test_one_content_is_the_same_box_each_time_and_two_share_no_nonce() -> None:
    assert seal_with_token(TOKEN, b"a") == seal_with_token(TOKEN, b"a")
    assert seal_with_token(TOKEN, b"a")[:24] != seal_with_token(TOKEN, b"b")[:24]


@pytest.mark.parametrize("at", [0, 24, 40, -1])
def test_an_altered_box_or_another_token_opens_nothing(at: int) -> None:
    box = bytearray(seal_with_token(TOKEN, b"content"))
    with pytest.raises(TrustError, match="E-IDENT-03"):
        open_with_token(OTHER, bytes(box))
    box[at] ^= 1
    with pytest.raises(TrustError, match="E-IDENT-03"):
        open_with_token(TOKEN, bytes(box))


def test_what_is_no_box_or_no_token_is_said() -> None:
    with pytest.raises(TrustError, match="E-IDENT-03"):
        open_with_token(TOKEN, b"")
    with pytest.raises(WireError, match="E-ENR-01"):
        seal_with_token("short", b"")
