"""A station revoked in the demo is silenced by its broker too."""

from pathlib import Path

from demo.trust import BrokerTrust
from firmware_config.broker import denied_in, render_acl
from tests.county import VILLAGES, County
from tests.waiting import wait_for


def test_who_is_revoked_is_told_to_the_broker(tmp_path: Path) -> None:
    county, said = County(tmp_path / "county"), list[str]()
    with (county.folder / "broker" / "mosquitto.conf").open("a") as conf:
        conf.write("log_type information\n")  # says when it has read its files again
    county.start_broker()
    try:
        assert county.broker is not None
        trust = BrokerTrust(county.folder, county.broker.pid, said.append)
        trust.look()
        (county.folder / "hub" / "trust" / "acl").write_text(render_acl([VILLAGES[0].code]))
        trust.look()
        wait_for(lambda: "Reloading config" in county.broker_log.read_text(), "the broker's word")
    finally:
        county.stop_broker()
    assert denied_in((county.folder / "broker" / "acl").read_text()) == {VILLAGES[0].code}
    (county.folder / "hub" / "trust" / "acl").write_text("topic readwrite #\n")
    trust.look()
    assert "E-BRK-01" in said[0]
