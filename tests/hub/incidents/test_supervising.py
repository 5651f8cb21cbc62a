"""督办 by a person: said once, told to the leader, ended by whoever is sent, taken back by who said it."""

import pytest

from hub.incidents.acts import Acknowledge, Dispatch, IncidentError, Supervise, Undo, act, possible
from hub.incidents.alerting import mailboxes
from hub.incidents.duty import COUNTY, LEADER, Duty, Roster
from tests.hub.web.made_up_incidents import incident

AT_MS = 1_795_545_000_000
ONE = incident(waiting_ms=AT_MS)
DAYS = "fri,mon,sat,sun,thu,tue,wed"


def test_it_stands_until_somebody_is_sent() -> None:
    told = act(ONE, Supervise("测试督", "群众反映多次"), AT_MS)
    assert [(one.step, one.who, one.note) for one in told.steps] == [("supervised", "测试督", "群众反映多次")]
    one = told.incident
    assert (one.supervised, one.state, one.owner) == (True, "new", None)
    assert "supervise" not in possible(one, AT_MS)
    one = act(one, Acknowledge("测试值", AT_MS + 3_600_000), AT_MS).incident
    assert one.supervised, "that somebody looks into it repairs nothing"
    assert not act(one, Dispatch("测试值", "维修组"), AT_MS).incident.supervised


def test_it_is_said_once_and_taken_back_by_who_said_it() -> None:
    one = act(ONE, Supervise("测试督"), AT_MS).incident
    with pytest.raises(IncidentError, match="E-INC-02"):
        act(one, Supervise("测试值"), AT_MS)
    with pytest.raises(IncidentError, match="E-INC-05"):
        act(one, Undo("测试值"), AT_MS, None)
    assert not act(one, Undo("测试督"), AT_MS, "supervised").incident.supervised


def test_what_is_over_is_not_supervised() -> None:
    with pytest.raises(IncidentError, match="E-INC-02"):
        act(incident(state="resolved", resolved_ms=AT_MS, recovered_ms=AT_MS), Supervise("测试督"), AT_MS)


def test_the_leader_of_its_area_is_told() -> None:
    leader = Duty(LEADER, COUNTY, "测试领导", "leader@mail.test", DAYS, 0, 1440)
    one = act(ONE, Supervise("测试督"), AT_MS).incident
    assert mailboxes("supervised", one, Roster([leader]), AT_MS)[0] == ["leader@mail.test"]
