"""What a chain of certificates is worth: judged from the county's authority down."""

import datetime as dt

import pytest

from tests.wire.authorities import authority
from wire import certificates
from wire.certificates import CLIENT, Chain, verify_chain

NOW = dt.datetime(2026, 11, 28, 9, 0, tzinfo=dt.UTC)


def test_a_strangers_key_is_not_even_calculated_with(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = authority(NOW), authority(NOW)
    (laptop,) = theirs.delegated_signer.chain.between
    looked_at = []
    judged = certificates._issued_by

    def watched(issued: object, issuer: object, *, below: int) -> None:
        looked_at.append(issuer)
        judged(issued, issuer, below=below)  # type: ignore[arg-type]

    monkeypatch.setattr(certificates, "_issued_by", watched)
    with pytest.raises(ValueError, match="E-CERT-02"):
        verify_chain(Chain(theirs.client.leaf, (laptop,)), ours.root, CLIENT, NOW)
    assert looked_at == [ours.root]
