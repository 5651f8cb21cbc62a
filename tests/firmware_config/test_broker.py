"""What is rendered for mosquitto: understood by the versions of Debian 12 and 13, and closed."""

from pathlib import Path

import pytest

from demo.processes import free_port, own_user, start_broker, stop
from firmware_config.broker import MAX_PACKET_BYTES, MONITORS, denied_in, render_acl, render_mosquitto
from firmware_config.county import Ports, Village, make_county
from wire.codec import MAX_PAYLOAD_BYTES

# Taken from mosquitto.conf(5) of 2.0.11 (Debian 12) and 2.0.21 (Debian 13): none is deprecated in either.
IN_BOTH = {
    "per_listener_settings", "listener", "protocol", "cafile", "certfile", "keyfile", "tls_version",
    "require_certificate", "use_identity_as_username", "allow_anonymous", "acl_file", "max_connections",
    "set_tcp_nodelay", "max_keepalive", "max_packet_size", "max_queued_messages", "max_queued_bytes",
    "max_inflight_messages", "persistent_client_expiration", "persistence", "persistence_location", "crlfile",
    "autosave_interval", "log_dest", "log_type", "log_timestamp_format", "connection_messages", "user",
}  # fmt: skip


def options(text: str) -> dict[str, str]:
    lines = (line.partition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {option: value for option, _, value in lines}


def rendered(*, host: str | None = None, user: str | None = None, persistence: bool = True) -> dict[str, str]:
    return options(render_mosquitto(Path("/c"), port=8883, host=host, persistence=persistence, user=user))


def test_only_options_that_both_debians_know() -> None:
    assert set(rendered(user="root")) <= IN_BOTH


def test_nobody_gets_in_without_a_certificate() -> None:
    said = rendered()
    assert said["require_certificate"] == "true"
    assert said["use_identity_as_username"] == "true"
    assert said["allow_anonymous"] == "false"
    assert said["tls_version"] == "tlsv1.2"
    assert said["acl_file"] == "/c/acl"


def test_limits_are_set_and_none_is_unlimited() -> None:
    said = rendered()
    for option in ("connections", "keepalive", "queued_messages", "queued_bytes", "inflight_messages"):
        assert int(said[f"max_{option}"]) > 0
    assert int(said["max_packet_size"]) == MAX_PACKET_BYTES
    assert MAX_PAYLOAD_BYTES < MAX_PACKET_BYTES < MAX_PAYLOAD_BYTES + 1024


@pytest.mark.parametrize(("host", "listener"), [(None, "8883"), ("127.0.0.1", "8883 127.0.0.1")])
def test_it_listens_where_it_is_told(host: str | None, listener: str) -> None:
    assert rendered(host=host)["listener"] == listener


def test_a_user_is_named_only_when_asked_for() -> None:
    assert rendered(user="root")["user"] == "root"
    assert "user" not in rendered()


def test_a_monitor_can_write_under_no_name_of_its_own() -> None:
    blocks = render_acl().split("user ")[1:]
    monitors = {block.split("\n")[0]: block.splitlines()[1:] for block in blocks if block.startswith("monitor")}
    assert set(monitors) == set(MONITORS)
    for name, rules in monitors.items():
        assert rules[0] == f"topic deny v1/{name}/#"
        assert {rule for rule in rules if "write" in rule} == set()


def test_whom_the_list_denies_is_read_back_and_nobody_else() -> None:
    denied = {"999999101001", "999999101002-3"}
    assert denied_in(render_acl(denied)) == denied
    assert denied_in(render_acl()) == frozenset()
    assert render_acl(denied).startswith(render_acl()), "whom it denies comes after what all may"


@pytest.mark.parametrize("name", ["hub", "monitor", "999999101001\ntopic readwrite #", "+", ""])
def test_only_a_station_is_denied(name: str) -> None:
    with pytest.raises(ValueError, match="no station"):
        render_acl([name])


def test_lists_of_revoked_certificates_are_asked_for() -> None:
    assert rendered()["crlfile"] == "/c/crl.pem"


def test_a_county_may_lie_in_a_folder_with_blanks_and_chinese_in_its_name(tmp_path: Path) -> None:
    folder, port = tmp_path / "我的 县 (1)", free_port()
    make_county(
        folder,
        [Village("999999101001", "测试村", "测试镇")],
        county_name="测试县",
        ports=Ports(port, free_port(), probe=0),
        broker_user=own_user(),
    )
    broker = start_broker(folder, port, folder / "broker.log")
    stop(broker)
    # That somebody only looked whether the port answers is no error of the broker's.
    told = [line for line in (folder / "broker.log").read_text("utf-8").splitlines() if "unexpected eof" not in line]
    assert "Error" not in "\n".join(told)
