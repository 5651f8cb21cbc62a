"""What the doctor says just inside and just outside each limit."""

import datetime as dt
import re

import pytest

from stamp.figures import Figures
from station.doctor import codes, device_rules, line_rules, machine_rules, trust_rules
from station.doctor.device_rules import CameraSeen, ReaderSeen
from station.doctor.machine_rules import Disk, Power, Rtc, Watchdog
from station.doctor.terminal import MARKS, lines_of
from station.doctor.trust_rules import Certificate, Software, Unit
from wire.acceptance import CHECKS, Finding, verdict_of

NOW = dt.datetime(2026, 11, 28, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
MODULE = ReaderSeen("05.01-20260101-0000999999-0000000001", 115200)
WELL_CAMERA = CameraSeen("hall", "ok", None, 15.0, 1280, 720, 70.0, (), aim_saved=True)


def leaf(from_days: float, until_days: float) -> Certificate:
    return Certificate(None, "x", NOW + from_days * DAY, NOW + until_days * DAY, "1f")


def probes(**given: float) -> Figures:
    sent = int(given.pop("sent", 1200))
    reached, received = int(given.pop("reached", sent)), int(given.pop("received", sent))
    figures = {"rtt_p50_ms": 20.0, "rtt_p95_ms": 40.0, "jitter_ms": 2.0, **given}
    return Figures(60_000, sent, reached, received, **figures)  # type: ignore[arg-type]


CASES = [
    pytest.param(machine_rules.clock(synchronised=True), "ok", None, id="clock right"),
    pytest.param(machine_rules.clock(synchronised=False), "bad", "E-SITE-13", id="clock not set"),
    pytest.param(machine_rules.clock(synchronised=False, by_hub=True), "warn", "E-SITE-13", id="clock by the hub"),
    pytest.param(machine_rules.rtc(Rtc(True, 2.0), synchronised=True), "ok", None, id="rtc on the limit"),
    pytest.param(machine_rules.rtc(Rtc(True, -2.1), synchronised=True), "bad", "E-SITE-15", id="rtc past the limit"),
    pytest.param(machine_rules.rtc(Rtc(True, None), synchronised=True), "bad", "E-SITE-15", id="rtc without a time"),
    pytest.param(machine_rules.rtc(Rtc(True, 0.3, True), synchronised=True), "warn", "E-SITE-15", id="rtc battery low"),
    pytest.param(machine_rules.rtc(Rtc(True, 99.0), synchronised=False), "skipped", "E-SITE-13", id="no clock"),
    pytest.param(machine_rules.rtc(Rtc(False), synchronised=True), "warn", "E-SITE-14", id="no rtc"),
    pytest.param(machine_rules.watchdog(Watchdog("active")), "ok", None, id="watchdog active"),
    pytest.param(machine_rules.watchdog(Watchdog(None, "", 15.0)), "ok", None, id="systemd feeds one"),
    pytest.param(machine_rules.watchdog(Watchdog("inactive", "", 15.0)), "bad", "E-SITE-16", id="kernel says inactive"),
    pytest.param(machine_rules.watchdog(Watchdog()), "bad", "E-SITE-16", id="no watchdog"),
    pytest.param(machine_rules.power(Power(0)), "ok", None, id="power well"),
    pytest.param(machine_rules.power(Power(0x1)), "bad", "E-SITE-23", id="under-voltage now"),
    pytest.param(machine_rules.power(Power(0x10000)), "warn", "E-SITE-23", id="under-voltage before"),
    pytest.param(machine_rules.power(Power(None, True)), "bad", "E-SITE-23", id="the kernel's alarm"),
    pytest.param(machine_rules.power(Power()), "skipped", "E-SITE-38", id="power not told"),
    pytest.param(machine_rules.temperature(69.9), "ok", None, id="below warm"),
    pytest.param(machine_rules.temperature(70.0), "warn", "E-SITE-24", id="warm"),
    pytest.param(machine_rules.temperature(79.9), "warn", "E-SITE-24", id="below hot"),
    pytest.param(machine_rules.temperature(80.0), "bad", "E-SITE-24", id="hot"),
    pytest.param(machine_rules.temperature(60.0, 0x4), "bad", "E-SITE-24", id="slowed down now"),
    pytest.param(trust_rules.files([])[0], "ok", None, id="keys closed"),
    pytest.param(trust_rules.files(["station.key"])[0], "bad", "E-SITE-28", id="a key open"),
    pytest.param(trust_rules.files([], ["spool.sqlite3"])[0], "bad", "E-SITE-28", id="root's file"),
    pytest.param(trust_rules.card(None), "ok", None, id="no boot partition"),
    pytest.param(trust_rules.card(["token"]), "bad", "E-SITE-34", id="a token on the card"),
    pytest.param(trust_rules.software(Software("1", "r2", True)), "ok", None, id="a release"),
    pytest.param(trust_rules.software(Software("1", "r2", False)), "bad", "E-SITE-36", id="no slot"),
    pytest.param(trust_rules.software(Software("1", "r2", True, True)), "warn", "E-SITE-36", id="on trial"),
    pytest.param(device_rules.sound(True, None, True), "ok", None, id="heard"),
    pytest.param(device_rules.sound(True, None, False), "bad", "E-SITE-11", id="not heard"),
    pytest.param(device_rules.sound(True, None, None), "skipped", "E-SITE-11", id="nobody asked"),
    pytest.param(device_rules.sound(False, "E-VOICE-02 x", None), "bad", "E-SITE-10", id="no sound card"),
    pytest.param(device_rules.printer(None, "none"), "ok", None, id="no printer set up"),
    pytest.param(device_rules.printer("p", "ready"), "ok", None, id="printer ready"),
    pytest.param(device_rules.printer("p", "silent"), "bad", "E-SITE-12", id="printer silent"),
    pytest.param(line_rules.broker("connected", by_agent=True), "ok", None, id="agent connected"),
    pytest.param(line_rules.broker("refused", "x"), "bad", "E-SITE-29", id="broker refuses"),
    pytest.param(line_rules.line(probes()), "ok", None, id="a good line"),
    pytest.param(line_rules.line(probes(received=1188)), "ok", None, id="loss on the limit"),
    pytest.param(line_rules.line(probes(received=1187)), "warn", "E-SITE-32", id="loss past it"),
    pytest.param(line_rules.line(probes(reached=1139, received=1139)), "bad", "E-SITE-32", id="more than 5 % lost"),
    pytest.param(line_rules.line(probes(jitter_ms=30.1)), "warn", "E-SITE-32", id="jitter"),
    pytest.param(line_rules.line(probes(rtt_p95_ms=800.1)), "bad", "E-SITE-32", id="far too slow"),
    pytest.param(line_rules.line(probes(), early=True), "skipped", "E-SITE-33", id="cut short"),
    pytest.param(line_rules.line(probes(sent=100, reached=20, received=20), early=True), "bad", "E-SITE-32",
                 id="cut short, bad all the same"),
    pytest.param(line_rules.line(probes(reached=0, received=0)), "bad", "E-SITE-33", id="no answer"),
    pytest.param(line_rules.line(None, "x", "x"), "skipped", "E-SITE-33", id="not measured"),
]  # fmt: skip


@pytest.mark.parametrize(("finding", "state", "code"), CASES)
def test_each_limit(finding: Finding, state: str, code: str | None) -> None:
    assert (finding.state, finding.code) == (state, code)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param(Disk(1_000_000_000), [("ok", None)], id="enough room"),
        pytest.param(Disk(999_999_999), [("warn", "E-SITE-17")], id="little room"),
        pytest.param(Disk(299_999_999), [("bad", "E-SITE-17")], id="hardly any"),
        pytest.param(Disk(2**34, read_only=["/"]), [("bad", "E-SITE-18")], id="read-only"),
        pytest.param(Disk(2**34, errors=1), [("bad", "E-SITE-19")], id="one error"),
        pytest.param(Disk(2**34, life_used=7), [("ok", None)], id="70 % used"),
        pytest.param(Disk(2**34, life_used=8), [("warn", "E-SITE-20")], id="80 % used"),
        pytest.param(Disk(2**34, life_used=11), [("bad", "E-SITE-20")], id="beyond its life"),
        pytest.param(Disk(2**34, end_of_life=2), [("warn", "E-SITE-20")], id="spare blocks run out"),
        pytest.param(Disk(2**34, end_of_life=3), [("bad", "E-SITE-20")], id="urgent"),
        pytest.param(
            Disk(2**34, swaps=["/swap"], journal_on_card=True), [("warn", "E-SITE-21"), ("warn", "E-SITE-22")],
            id="each by itself",
        ),
    ],
)  # fmt: skip
def test_the_disk(seen: Disk, expected: list[tuple[str, str | None]]) -> None:
    assert [(one.state, one.code) for one in machine_rules.disk(seen)] == expected


@pytest.mark.parametrize(
    ("seen", "now", "expected"),
    [
        pytest.param(leaf(-1, 729), NOW, ("ok", None), id="new"),
        pytest.param(leaf(-364, 366), NOW, ("ok", None), id="just before its half"),
        pytest.param(leaf(-366, 364), NOW, ("warn", "E-SITE-26"), id="past its half"),
        pytest.param(leaf(-699, 31), NOW, ("warn", "E-SITE-26"), id="31 days"),
        pytest.param(leaf(-701, 29), NOW, ("bad", "E-SITE-26"), id="29 days"),
        pytest.param(leaf(-731, -1), NOW, ("bad", "E-SITE-26"), id="expired"),
        pytest.param(leaf(1, 731), NOW, ("bad", "E-SITE-26"), id="not yet"),
        pytest.param(leaf(-1, 729), None, ("skipped", "E-SITE-13"), id="no clock"),
        pytest.param(leaf(-1, 729)._replace(key_belongs=False), NOW, ("bad", "E-SITE-27"), id="another key"),
        pytest.param(leaf(-1, 729)._replace(common_name="y"), NOW, ("bad", "E-SITE-25"), id="another station's"),
        pytest.param(Certificate("E-CERT-02"), NOW, ("bad", "E-SITE-25"), id="another county's"),
    ],
)
def test_the_certificate(seen: Certificate, now: dt.datetime | None, expected: tuple[str, str | None]) -> None:
    (finding,) = trust_rules.certificate(seen, "x", now)
    assert (finding.state, finding.code) == expected


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param(None, [("warn", "E-SITE-04")], id="none set up"),
        pytest.param(MODULE._replace(card="read"), [("ok", None), ("ok", None)], id="a card was read"),
        pytest.param(MODULE, [("ok", None), ("skipped", "E-SITE-03")], id="nobody asked"),
        pytest.param(MODULE._replace(card="not read"), [("ok", None), ("bad", "E-SITE-03")], id="no card in time"),
        pytest.param(ReaderSeen(trouble="E-READER-30"), [("bad", "E-SITE-01")], id="silent"),
        pytest.param(ReaderSeen(baud=0, trouble="E-READER-21"), [("bad", "E-SITE-02")], id="not licensed"),
        pytest.param(
            ReaderSeen(used_by_kiosk=True, kiosk_state="ok"), [("ok", None), ("skipped", "E-SITE-03")], id="kiosk"
        ),
        pytest.param(ReaderSeen(used_by_kiosk=True), [("skipped", "E-SITE-37"), ("skipped", "E-SITE-03")]),
    ],
)  # fmt: skip
def test_the_reader(seen: ReaderSeen | None, expected: list[tuple[str, str | None]]) -> None:
    assert [(one.state, one.code) for one in device_rules.reader(seen)] == expected


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param(WELL_CAMERA, [("ok", None)], id="well"),
        pytest.param(WELL_CAMERA._replace(state="failed", code="E-CAM-02"), [("bad", "E-SITE-05")], id="no picture"),
        pytest.param(WELL_CAMERA._replace(frames_per_s=5.0), [("ok", None)], id="five frames"),
        pytest.param(WELL_CAMERA._replace(frames_per_s=4.9), [("warn", "E-SITE-06")], id="fewer"),
        pytest.param(WELL_CAMERA._replace(width_px=639), [("warn", "E-SITE-06")], id="small"),
        pytest.param(WELL_CAMERA._replace(focus=34.9), [("warn", "E-SITE-07")], id="soft"),
        pytest.param(WELL_CAMERA._replace(faults=("black",)), [("bad", "E-SITE-07")], id="black"),
        pytest.param(WELL_CAMERA._replace(aim_saved=False), [("warn", "E-SITE-08")], id="not learnt"),
        pytest.param(WELL_CAMERA._replace(used_by_agent=True), [("ok", None), ("skipped", "E-SITE-37")], id="busy"),
    ],
)  # fmt: skip
def test_a_camera(seen: CameraSeen, expected: list[tuple[str, str | None]]) -> None:
    assert [(one.state, one.code) for one in device_rules.camera(seen)] == expected


def test_units_are_told_one_by_one() -> None:
    seen = [Unit("a", "active"), Unit("b", "failed"), Unit("c", "active", enabled=False)]
    found = trust_rules.units(seen)
    assert [(one.subject, one.state) for one in found] == [("b", "bad"), ("c", "warn")]
    assert trust_rules.units(None)[0].state == "skipped"


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param(line_rules.HubSeen("u", 200, 5.0, 5_000.0, True), ["ok", "ok"], id="well"),
        pytest.param(line_rules.HubSeen("u", 503, 5.0, 5_001.0, True), ["warn", "warn"], id="trouble, slow"),
        pytest.param(line_rules.HubSeen("u", None, None, None, True), ["bad", "bad"], id="away"),
        pytest.param(line_rules.HubSeen(None), ["skipped"], id="no url, no agent"),
    ],
)
def test_the_hub(seen: line_rules.HubSeen, expected: list[str]) -> None:
    assert [one.state for one in line_rules.hub(seen)] == expected


def test_every_code_has_a_next_step_in_chinese_first_and_stands_alone() -> None:
    steps = [step for step in vars(codes).values() if isinstance(step, codes.Step)]
    assert len({step.code for step in steps}) == len(steps) > 30
    assert [step.code for step in steps if not re.search("[\u4e00-\u9fff]", step.zh) or not step.en] == []


def test_the_verdict_follows_from_the_findings() -> None:
    well = [Finding(name, "ok", "好", "well") for name in CHECKS]
    assert verdict_of(well) == "accepted"
    assert verdict_of(well[1:]) == "conditional"
    assert verdict_of([*well, Finding("line", "skipped", "未", "not")]) == "conditional"
    assert verdict_of([*well, Finding("line", "warn", "注", "poor")]) == "conditional"
    assert verdict_of([*well, Finding("line", "bad", "差", "bad")]) == "refused"


def test_a_terminal_shows_each_state_by_sign_and_word() -> None:
    assert len({mark.sign for mark in MARKS.values()}) == len(MARKS)
    finding = machine_rules.power(Power(1))
    assert "\x1b" not in "".join(lines_of(finding, colour=False))
    assert [part in "".join(lines_of(finding, colour=True)) for part in ("[XXXX]", "故障", "E-SITE-23", "下一步")] == [
        True
    ] * 4
