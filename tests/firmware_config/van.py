"""A county, a laptop that it delegated to, and a stick at which stations ask: what tests of provisioning begin with."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from firmware_config.identity.authority import CountyCa
from firmware_config.inventory.entry import Entry
from firmware_config.inventory.inventory import Inventory, fresh_token
from firmware_config.laptop import Laptop, delegate
from firmware_config.stick import prepare
from firmware_config.trust import lay_out_trust
from station.identity.stick import ask
from wire.enrolment import new_token

COUNTY = "999999"
NOW = dt.datetime.now(dt.UTC)


class Van(NamedTuple):
    """What is on the way."""

    county: Path
    laptop: Path
    stick: Path
    tokens: dict[str, str]

    def open(self) -> Laptop:
        return Laptop.open(self.laptop, NOW)

    def station(self, code: str) -> Path:
        """Return the folder of a station's key and certificate."""
        return self.county.parent / "stations" / code

    def ask(self, code: str, token: str | None = None) -> None:
        """Have the station itself put its request on the stick."""
        folder = self.station(code)
        folder.mkdir(parents=True, exist_ok=True)
        ask(self.stick, folder, code, self.tokens[code] if token is None else token, self.laptop / "ca.crt", NOW)


def code(number: int) -> str:
    return f"9999991{number // 100 + 1:02d}{number % 100 + 1:03d}"


def county_with_labels(folder: Path, codes: Iterable[str]) -> dict[str, str]:
    """Make a county's authorities and an inventory whose stations all have a label; return the tokens."""
    ca = CountyCa.create(COUNTY, NOW)
    ca.save(folder)
    lay_out_trust(folder, ca, NOW)
    tokens = {one: new_token(int(one.replace("-", "")).to_bytes(10, "big")) for one in codes}
    at = int(NOW.timestamp() * 1000)
    with Inventory.open(folder).changing("test") as draft:
        for one, token in tokens.items():
            draft.entries[one] = Entry(one, f"测试{one[-4:]}村", "测试镇", token=fresh_token(token, at, 90))
    return tokens


def van(folder: Path, stations: int = 2, *, whole_county: bool = False) -> Van:
    """Make it all, the stick prepared."""
    codes = [code(number) for number in range(stations)]
    county, laptop, stick = folder / "county", folder / "laptop", folder / "stick"
    tokens = county_with_labels(county, codes)
    delegate(county, "van1", laptop, Inventory.open(county).all(), NOW, days=30, whole_county=whole_county)
    stick.mkdir()
    made = Van(county, laptop, stick, tokens)
    prepare(stick, made.open())
    return made
