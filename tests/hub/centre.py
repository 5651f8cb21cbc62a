"""A county's centre as its commands need it: settings, a list of villages and a database; no hub runs."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from hub.__main__ import main
from hub.store.engine import Database, writing
from hub.store.stations import Village, enrol
from tests.hub.fresh_database import fresh_database

VILLAGES = tuple(
    Village(f"99999910{town}{unit:03d}", f"第{unit}村", f"测试{town}镇") for town in (1, 2) for unit in (1, 2)
)


class Centre:
    """Somebody at the county's machine."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._capsys, self._monkeypatch = folder, capsys, monkeypatch
        self.config = folder / "hub.toml"
        (folder / "unseal.key").write_bytes(base64.b64encode(bytes(range(32))))
        rows = "".join(f"{one.code},{one.name},{one.town}\n" for one in VILLAGES)
        (folder / "stations.csv").write_text(f"code,name,town\n{rows}", "utf-8")
        self.config.write_text(
            f'county = "999999"\ncounty_name = "测试县"\ndatabase = "sqlite:///{folder / "hub.sqlite3"}"\n'
            f'stations_file = "{folder / "stations.csv"}"\nunseal_key_file = "{folder / "unseal.key"}"\n'
            '[broker]\nhost = "x"\nca_file = "x"\ncert_file = "x"\nkey_file = "x"\n[web]\napi_token_file = "x"\n',
            "utf-8",
        )
        self.out = self.err = ""

    def runs(self, *words: object) -> int:
        """Run `hub WORDS`, and keep what it printed; return its exit code."""
        name, *rest = (str(word) for word in words)
        self._monkeypatch.setattr("sys.argv", ["hub", name, rest[0], "--config", str(self.config), *rest[1:]])
        self._capsys.readouterr()
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        self.out, self.err = self._capsys.readouterr()
        assert "Traceback" not in self.err
        return code

    def json(self, *words: object) -> Any:
        """Run `hub WORDS --json`, which must do it, and return what it said."""
        assert self.runs(*words, "--json") == 0, self.err
        return json.loads(self.out)

    @contextmanager
    def database(self) -> Iterator[tuple[Database, dict[str, int]]]:
        """Give the database, with every village enrolled."""
        database = fresh_database(self.folder / "hub.sqlite3")
        try:
            with writing(database) as connection:
                ids = enrol(connection, VILLAGES)
            yield database, ids
        finally:
            database.stop()
