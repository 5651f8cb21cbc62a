"""A station's identity from its label to its revocation: real hub, real broker, real agent."""

import base64
import datetime as dt
import shutil
import signal
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from demo.processes import tool
from firmware_config.broker_trust import compare, install
from hub.clock import now_ms
from hub.desks.revoking import restore
from hub.store.engine import Database, Transaction, writing
from hub.store.enrolment import Token, add_tokens
from station.clock import Clock
from station.identity.enrol import enrol_online, enrol_request, take_reply
from station.identity.hub_http import HubRefusedError
from station.identity.keys import load_identity
from station.identity.renewal import renew
from station.settings import Settings
from station.store.spool import Spool
from tests.county import County
from tests.end_to_end.small_county import Part
from tests.end_to_end.talking import LET_IN, knock
from tests.hub_api import HubApi
from tests.waiting import wait_for
from wire.enrolment import new_token, token_digest
from wire.records import Rating
from wire.settings import load_settings

TOKEN = new_token(bytes(range(10)))


class Village:
    """A county with hub and broker, and one station whose card was written but which has no certificate yet."""

    def __init__(self, folder: Path) -> None:
        self.county = County(folder)
        self.code = self.county.villages[0].code
        self.config = self.county.station(0, keepalive_s=5, beat_every_s=0.3, reconnect_max_s=0.5)
        self.folder, self.settings = self.config.parent, load_settings(self.config, Settings)
        for name in ("station.crt", "station.key"):
            (self.folder / name).unlink()
        (self.folder / "state").mkdir()
        self.spool = Spool.open(self.folder / "state" / "spool.sqlite3")
        self.hub = Part(folder / "log" / "hub.log", tool("hub"), "run", "--config", self.county.hub_config)
        self.agent = Part(folder / "log" / "agent.log", tool("station"), "agent", "--config", self.config)
        self.api = HubApi(f"http://127.0.0.1:{self.county.ports.web}", self.county.api_token)

    def revoke_by_command(self) -> None:
        """Run `hub enrolment revoke` in a process of its own, beside the hub that runs."""
        command = [tool("hub"), "enrolment", "revoke", "--config", str(self.county.hub_config), self.code]
        subprocess.run([*command, "--by", "测试修", "--reason", "被盗"], check=True, timeout=30)

    def at_the_centre(self, work: Callable[[Transaction], object]) -> None:
        database = Database(self.county.hub_settings().database)
        with writing(database) as connection:
            work(connection)
        database.stop()

    def enrol(self, token: str) -> None:
        assert self.settings.hub is not None
        seal_key = base64.b64decode(Path(self.settings.seal_key_file).read_text("ascii"))
        request = enrol_request(self.folder, self.code, token, seal_key)
        take_reply(
            self.folder,
            enrol_online(self.settings.hub.url, request, self.ca),
            self.ca,
            self.code,
            dt.datetime.now(dt.UTC),
        )

    def renew(self) -> None:
        assert self.settings.hub is not None
        renew(self.folder, self.code, self.settings.hub.url, self.ca, now_ms())

    @property
    def ca(self) -> Path:
        return self.folder / "ca.crt"

    def rates(self, count: int) -> None:
        for _ in range(count):
            self.spool.append(lambda seq: Rating(seq, 5), Clock().now())

    def drained(self) -> bool:
        return self.spool.depth().records == 0

    def knocks(self, folder: Path) -> str:
        """Return what the broker says to whoever has the pair in `folder`."""
        context = ssl.create_default_context(cafile=str(self.ca))
        context.load_cert_chain(folder / "station.crt", folder / "station.key")
        return knock(self.county, context)

    def kept_aside(self, name: str) -> Path:
        """Copy the pair in use, as a thief would."""
        aside = self.county.folder / name
        aside.mkdir()
        for one in ("station.crt", "station.key"):
            shutil.copy(self.folder / one, aside / one)
        return aside

    def tell_broker(self) -> None:
        """Do what `firmware-config hub apply-trust` does."""
        broker, place = self.county.broker, self.county.folder / "broker"
        assert broker is not None
        change = compare(self.county.folder / "hub" / "trust", place, dt.datetime.now(dt.UTC))
        install(change, place, lambda: broker.send_signal(signal.SIGHUP))

    def not_heard(self) -> int:
        """Return how many messages of revoked stations the hub has left out."""
        text = self.api.open("/metrics").read().decode()
        (line,) = [one for one in text.splitlines() if one.startswith("cuncuntong_revoked_messages_total")]
        return int(float(line.split()[1]))

    def down(self) -> None:
        self.agent.down()
        self.hub.down()
        self.spool.close()
        self.county.stop_broker()


@pytest.fixture
def village(tmp_path: Path) -> Iterator[Village]:
    made = Village(tmp_path / "county")
    made.county.start_broker()
    made.hub.up()
    try:
        made.api.wait_healthy()
        yield made
    finally:
        made.down()


def test_a_station_from_its_label_to_its_revocation_and_back(village: Village) -> None:
    made_ms = now_ms()
    label = Token(village.code, token_digest(TOKEN), made_ms, made_ms + 86_400_000)
    village.at_the_centre(lambda connection: add_tokens(connection, [label]))
    began_s = time.monotonic()
    village.enrol(TOKEN)
    assert time.monotonic() - began_s < 5
    first = village.kept_aside("first")
    village.rates(3)
    village.agent.up()
    wait_for(village.drained, "stored at the hub")

    # Renewed while it works: the old certificate is let in until its successor has spoken.
    village.renew()
    assert load_identity(village.folder).key.public_key() != load_identity(first).key.public_key()
    village.rates(30)
    wait_for(village.drained, "goes on with the new one")
    assert (village.knocks(first), village.knocks(village.folder)) == (LET_IN, LET_IN)

    # Revoked by another process: not heard from then on, and nothing of what is done there is lost.
    village.revoke_by_command()
    began_s = time.monotonic()
    village.api.wait_for("/healthz", lambda _: village.not_heard() > 0)
    assert time.monotonic() - began_s < 3, "a beat is due every 0.3 s"
    village.rates(5)
    left = village.not_heard()
    wait_for(lambda: village.not_heard() > left, "what it sends is left out")
    shown = village.api.wait_state(village.code, "maintenance")
    assert shown["reason"] == "revoked"
    assert village.spool.depth().records >= 5, "kept at the station"

    # The broker's lists: neither certificate is let in any more, nor may the key that was stolen renew.
    acl = village.county.folder / "hub" / "trust" / "acl"
    wait_for(lambda: village.code in acl.read_text(), "the hub wrote its lists")
    village.tell_broker()
    wait_for(lambda: village.knocks(village.folder) != LET_IN, "the broker took its list")
    assert village.knocks(first) != LET_IN
    with pytest.raises(HubRefusedError, match="E-ENR-22"):
        village.renew()

    village.at_the_centre(restore(village.code, "测试修", "找到了", now_ms()).change)
    wait_for(lambda: village.code not in acl.read_text(), "the hub follows")
    village.tell_broker()
    wait_for(village.drained, "all of it came", within_s=30)
    village.api.wait_state(village.code, "online")
