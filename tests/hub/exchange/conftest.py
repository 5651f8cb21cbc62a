"""The county's machine with a key of its own; no hub runs."""

import base64
from pathlib import Path

import pytest
from nacl.public import PrivateKey

from hub.visits.opening import Unsealer
from tests.hub.centre import VILLAGES, Centre
from tests.hub.web.made_up_database import a_database

PRIVATE = PrivateKey(bytes(range(32)))


@pytest.fixture
def centre(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Centre:
    made = Centre(tmp_path, capsys, monkeypatch)
    key = tmp_path / "unseal.key"
    key.write_bytes(base64.b64encode(bytes(PRIVATE)))
    key.chmod(0o600)
    made.config.write_text(made.config.read_text("utf-8").replace('"x"', f'"{key}"', 1), "utf-8")
    a_database(tmp_path, VILLAGES).stop()
    return made


@pytest.fixture
def unsealer() -> Unsealer:
    return Unsealer(bytes(PRIVATE))
