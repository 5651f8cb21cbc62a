"""What the TOML writer says, the settings parser reads."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from firmware_config.toml import to_toml
from hub import settings as hub
from station import settings as station
from wire.settings import parse_settings

HERE = Path("/etc/x/a.toml")
texts = st.text(max_size=40)
names = st.text(min_size=1, max_size=64)
# Files are anchored to the folder by the parser, so that only whole paths are read back as they were.
paths = st.from_regex(r"/[a-z村]{1,8}(/[a-z\"\\ ]{1,8})?", fullmatch=True)
ports = st.integers(1, 65535)
positive = st.floats(0, 3600, exclude_min=True, allow_nan=False)
camera_names = st.from_regex(r"[A-Za-z0-9_.-]{1,32}", fullmatch=True)

cameras = st.builds(
    station.CameraSettings,
    name=camera_names,
    source=texts,
    width_px=st.integers(),
    height_px=st.integers(),
    frames_per_s=st.floats(allow_nan=False),
)
stations = st.builds(
    station.Settings,
    station=st.from_regex(r"[1-9][0-9]{11}(-[1-9][0-9]?)?", fullmatch=True),
    name=names,
    town=names,
    state_dir=paths,
    seal_key_file=paths,
    broker=st.builds(
        station.BrokerSettings,
        host=texts,
        ca_file=paths,
        cert_file=paths,
        key_file=paths,
        port=ports,
        keepalive_s=st.integers(1, 3600),
        beat_every_s=positive,
        reconnect_max_s=st.floats(0, 600, exclude_min=True),
        rebirth_spread_s=st.floats(0, 60),
    ),
    cameras=st.lists(cameras, max_size=3, unique_by=lambda camera: camera.name),
    reader=st.none() | st.builds(station.ReaderSettings, port=texts, baud=st.sampled_from([115200, 9600])),
    kiosk=st.builds(
        station.KioskSettings,
        language=st.sampled_from(["zh", "en"]),
        idle_warning_s=positive | st.just(float("inf")),
        idle_countdown_s=positive,
    ),
    spool_limit_bytes=st.integers(1_000_000, 2**62),
)
hubs = st.builds(
    hub.Settings,
    county=st.from_regex(r"[1-9][0-9]{5}", fullmatch=True),
    county_name=names,
    database=st.sampled_from(["sqlite:////var/lib/x.db", "postgresql+psycopg://h/d"]),
    stations_file=paths,
    unseal_key_file=paths,
    broker=st.builds(
        hub.BrokerSettings,
        host=texts,
        ca_file=paths,
        cert_file=paths,
        key_file=paths,
        port=ports,
        keepalive_s=st.integers(1, 3600),
    ),
    web=st.builds(hub.WebSettings, api_token_file=paths, host=texts, port=ports),
    linger_ms=st.integers(0, 1000),
    alerts=st.builds(
        hub.AlertSettings,
        mail=st.none() | st.builds(hub.MailSettings, host=texts, sender=texts, user=st.none() | texts, ca_file=paths),
        webhooks=st.lists(st.builds(hub.WebhookSettings, name=camera_names, url=texts, secret_file=paths), max_size=2),
    ),
)


@given(settings=stations)
def test_a_stations_settings_come_back_as_they_were(settings: station.Settings) -> None:
    assert parse_settings(to_toml(settings), station.Settings, HERE) == settings


@given(settings=hubs)
def test_a_hubs_settings_come_back_as_they_were(settings: hub.Settings) -> None:
    assert parse_settings(to_toml(settings), hub.Settings, HERE) == settings


class Odd(Struct, frozen=True):
    a: str
    b: list[str]
    c: float
    d: bool
    e: str | None = None


@given(settings=st.builds(Odd, a=texts, b=st.lists(texts, max_size=3), c=st.floats(allow_nan=False), d=st.booleans()))
def test_any_text_list_and_figure_comes_back(settings: Odd) -> None:
    assert parse_settings(to_toml(settings), Odd, HERE) == settings


def test_it_reads_as_a_person_would_write_it() -> None:
    text = to_toml(Odd(a='村 "一"', b=["x", "y"], c=1.5, d=True))
    assert text == 'a = "村 \\"一\\""\nb = ["x", "y"]\nc = 1.5\nd = true\n'


def test_a_list_of_tables_may_be_added_to_what_was_written_without_any() -> None:
    broker = hub.BrokerSettings("h", "/ca", "/crt", "/key")
    settings = hub.Settings("999999", "测试县", "sqlite:////x.db", "/s.csv", "/u.key", broker, hub.WebSettings("/t"))
    more = '\n[[alerts.webhooks]]\nname = "x"\nurl = "https://x.test/"\nsecret_file = "/x.secret"\n'
    assert [one.name for one in parse_settings(to_toml(settings) + more, hub.Settings, HERE).alerts.webhooks] == ["x"]
