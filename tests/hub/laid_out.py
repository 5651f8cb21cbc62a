"""A county's hub laid out in a folder, for its commands: no hub runs, unless a test says that one does."""

import base64
import json
import time
from pathlib import Path
from typing import Any

import pytest

from hub.__main__ import main
from hub.store.engine import writing
from hub.store.history import begin_life
from hub.store.stations import Village, enrol
from tests.hub.fresh_database import fresh_database

VILLAGES = [
    Village("999999101001", "第1村", "甲镇"),
    Village("999999101002", "第2村", "甲镇"),
    Village("999999102001", "第3村", "乙镇"),
]


class LaidOut:
    """Runs `hub …` as somebody at the county would; keeps what it printed, its errors and its exit code."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self._capsys, self._patch = capsys, patch
        self.config = folder / "hub.toml"
        (folder / "unseal.key").write_bytes(base64.b64encode(bytes(range(32))))
        rows = "".join(f"{one.code},{one.name},{one.town}\n" for one in VILLAGES)
        (folder / "stations.csv").write_text(f"code,name,town\n{rows}")
        url = f"sqlite:///{folder / 'hub.sqlite3'}"
        self.config.write_text(
            f'county = "999999"\ncounty_name = "测试县"\ndatabase = "{url}"\n'
            f'stations_file = "{folder / "stations.csv"}"\nunseal_key_file = "{folder / "unseal.key"}"\n'
            '[broker]\nhost = "x"\nca_file = "x"\ncert_file = "x"\nkey_file = "x"\n[web]\napi_token_file = "x"\n'
        )
        self.database = fresh_database(folder / "hub.sqlite3")
        with writing(self.database) as connection:
            self.ids = enrol(connection, VILLAGES)
        self.out = self.err = ""
        self.code = 0

    def hub_lives(self) -> None:
        """Have it look as if a hub ran."""
        with writing(self.database) as connection:
            begin_life(connection, time.time_ns() // 1_000_000)

    def hub(self, *words: object) -> str:
        """Run `hub WORDS … --config …`; return what it printed."""
        argv = ["hub", *(str(word) for word in words), "--config", str(self.config)]
        self._patch.setattr("sys.argv", argv)
        self.code = 0
        try:
            main()
        except SystemExit as end:
            self.code = int(end.code or 0)
        self.out, self.err = self._capsys.readouterr()
        return self.out

    def json(self, *words: object) -> Any:
        return json.loads(self.hub(*words, "--json"))
