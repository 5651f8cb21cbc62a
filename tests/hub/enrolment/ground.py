"""A county's hub that signs certificates, and stations that ask it: settings, authority and a database in a folder."""

import base64
import datetime as dt
import secrets
from pathlib import Path

import msgspec
from nacl.public import PrivateKey

from firmware_config.identity.authority import CountyCa
from firmware_config.identity.issuing import Issuer
from hub.clock import now_ms
from hub.desks.auditing import audit_log
from hub.desks.enrolling import EnrolDesk
from hub.settings import BrokerSettings, EnrolmentSettings, Settings, WebSettings
from hub.store.engine import writing
from hub.store.enrolment import Token, add_tokens
from hub.store.stations import Village, enrol
from hub.visits.opening import Unsealer
from station.identity.enrol import enrol_request, take_reply
from station.identity.keys import pending_key, request_pem
from station.identity.signing import signed_message
from tests.hub.fresh_database import fresh_database
from wire.enrolment import EnrolReply, EnrolRequest, RenewRequest, SignedMessage, new_token, token_digest

VILLAGES = [Village(f"99999910{unit:04d}", f"第{unit}村", "测试镇") for unit in range(1001, 1006)]
STATION, OTHER = VILLAGES[0].code, VILLAGES[1].code
DAY_MS = 86_400_000
PRIVATE = bytes(range(32))


class Ground:
    """The hub's side; `desk` signs."""

    def __init__(self, folder: Path) -> None:
        now = dt.datetime.now(dt.UTC)
        self.folder = folder
        (folder / "issuers").mkdir(parents=True)
        (folder / "unseal.key").write_bytes(base64.b64encode(PRIVATE))
        self.ca = CountyCa.create("999999", now - dt.timedelta(days=400))
        (folder / "ca.crt").write_bytes(self.ca.cert_pem)
        self.issuer = self.ca.delegate("hub", now - dt.timedelta(days=400), dt.timedelta(days=3000))
        self.issuer.save(folder / "issuers", "hub")
        (folder / "issuers" / "ca.crl").write_bytes(self.ca.issuer.revocation_list([], now))
        self.settings = Settings(
            county="999999",
            county_name="测试县",
            database=f"sqlite:///{folder / 'hub.sqlite3'}",
            stations_file=str(folder / "stations.csv"),
            unseal_key_file=str(folder / "unseal.key"),
            broker=BrokerSettings("x", str(folder / "ca.crt"), "x", "x"),
            web=WebSettings(str(folder / "api.token")),
            enrolment=EnrolmentSettings(str(folder / "issuers"), str(folder / "trust")),
        )
        rows = "".join(f"{one.code},{one.name},{one.town}\n" for one in VILLAGES)
        (folder / "stations.csv").write_text(f"code,name,town\n{rows}", "utf-8")
        self.database = fresh_database(folder / "hub.sqlite3")
        with writing(self.database) as connection:
            self.ids = enrol(connection, VILLAGES)
        self.unsealer = Unsealer.from_file(folder / "unseal.key")
        self.audit = audit_log(self.settings, self.database, self.unsealer)
        self.ahead_ms = 0
        self.desk = EnrolDesk(self.settings, self.database, self.audit, self.unsealer, self.now_ms)

    def now_ms(self) -> int:
        return now_ms() + self.ahead_ms

    def laptop(self, name: str = "laptop") -> Issuer:
        """Return a delegated authority that the hub knows the key of."""
        return self.ca.delegate(name, dt.datetime.now(dt.UTC), dt.timedelta(days=60))

    def token(self, station: str = STATION, days: int = 90, made_ms: int | None = None) -> str:
        """Return a token that the hub expects."""
        token, made = new_token(secrets.token_bytes(10)), self.now_ms() if made_ms is None else made_ms
        with writing(self.database) as connection:
            add_tokens(connection, [Token(station, token_digest(token), made, made + days * DAY_MS)])
        return token

    def close(self) -> None:
        self.database.stop()


class Machine:
    """A station's folder."""

    def __init__(self, folder: Path, ground: Ground, station: str = STATION) -> None:
        self.folder, self.ground, self.station = folder, ground, station
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "ca.crt").write_bytes(ground.ca.cert_pem)

    def request(self, token: str) -> EnrolRequest:
        return enrol_request(self.folder, self.station, token, bytes(PrivateKey(PRIVATE).public_key))

    def take(self, reply: EnrolReply) -> None:
        take_reply(self.folder, reply, self.folder / "ca.crt", self.station, None)

    def renewal(self) -> SignedMessage:
        request = RenewRequest(request_pem(pending_key(self.folder), self.station))
        return signed_message(self.folder, "renew", msgspec.json.encode(request), None)
