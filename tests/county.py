"""A real county on private ports for tests: authority, real mosquitto, settings of hub and stations."""

import ssl
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from demo.processes import free_port, own_user, start_broker, stop
from firmware_config.county import Ports, Village, add_station, make_county
from hub.settings import Settings as HubSettings
from station.settings import CameraSettings, ReaderSettings, Settings
from wire.settings import load_settings

# 999999 is no county: every station of the tests is fictional.
VILLAGES = tuple(
    Village(f"99999910{town}{unit:03d}", f"测试{town}镇第{unit}村", f"测试{town}镇")
    for town in (1, 2, 3)
    for unit in range(1, 9)
)


class County:
    """A county in `folder` with a broker that can be stopped and started again."""

    def __init__(self, folder: Path, villages: Sequence[Village] = VILLAGES, *, persistence: bool = False) -> None:
        self.folder = folder
        self.villages = villages
        self.ports = Ports(free_port(), free_port(), probe=0)
        self.ca = make_county(
            folder,
            villages,
            county_name="测试县",
            ports=self.ports,
            persistence=persistence,
            broker_user=own_user(),
        )
        self.broker: subprocess.Popen[bytes] | None = None
        self.broker_log = folder / "log" / "broker.log"

    def start_broker(self) -> None:
        self.broker = start_broker(self.folder, self.ports.mqtt, self.broker_log)

    def stop_broker(self) -> None:
        if self.broker is not None:
            stop(self.broker)
            self.broker = None

    def station(
        self,
        index: int = 0,
        *,
        cameras: Sequence[CameraSettings] = (),
        reader: ReaderSettings | None = None,
        **broker: object,
    ) -> Path:
        """Lay out station number `index`; return its settings file."""
        return add_station(
            self.folder,
            self.ca,
            self.villages[index],
            ports=self.ports,
            cameras=cameras,
            reader=reader,
            broker_overrides=broker,
        )

    def station_settings(self, index: int = 0, **options: object) -> Settings:
        return load_settings(self.station(index, **options), Settings)  # type: ignore[arg-type]

    @property
    def hub_config(self) -> Path:
        return self.folder / "hub" / "hub.toml"

    def hub_settings(self) -> HubSettings:
        return load_settings(self.hub_config, HubSettings)

    @property
    def api_token(self) -> str:
        return (self.folder / "hub" / "api.token").read_text().strip()

    def client(self, name: str) -> mqtt.Client:
        """Return an MQTT 5 client, not yet connected, with the credential `name` of this county."""
        return client_of(self.folder, name)


def client_of(county: Path, name: str, *, client_id: str | None = None) -> mqtt.Client:
    """Return an MQTT 5 client, not yet connected, for the county laid out in `county`.

    `name`: `hub`, `monitor`, or a station id laid out before.
    """
    place, stem = (county / name, name) if name in {"hub", "monitor"} else (county / "stations" / name, "station")
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id or f"test-{name}", protocol=mqtt.MQTTv5)
    client.tls_set(
        str(place / "ca.crt"),
        str(place / f"{stem}.crt"),
        str(place / f"{stem}.key"),
        tls_version=ssl.PROTOCOL_TLS_CLIENT,
    )
    return client


@contextmanager
def running_county(folder: Path, **options: object) -> Iterator[County]:
    county = County(folder, **options)  # type: ignore[arg-type]
    county.start_broker()
    try:
        yield county
    finally:
        county.stop_broker()
