"""Certificates: one from a request, and the answers of a laptop to a whole county's requests on one stick."""

import datetime as dt
import time
from pathlib import Path

from firmware_config.broker import render_acl
from firmware_config.identity.issuing import Issuer, Revoked, read_request
from firmware_config.identity.lists import trust_lists
from firmware_config.stick import answers
from station.identity.keys import pending_key, request_pem
from tests.bench.table import Figure
from tests.firmware_config.van import NOW, code, van

ISSUED, STATIONS = 500, 500


def measure(folder: Path) -> list[Figure]:
    """Issue, sign a stick twice (the second time every answer is there already), make a broker's lists."""
    road = van(folder, STATIONS, whole_county=True)
    issuer = Issuer.load(road.county / "issuers", "hub")
    pem = request_pem(pending_key(folder), code(0))
    begun = time.perf_counter()
    for _ in range(ISSUED):
        issuer.issue(read_request(pem), code(0), NOW)
    issue_ms = (time.perf_counter() - begun) / ISSUED * 1000

    for number in range(STATIONS):
        road.ask(code(number))
    begun = time.perf_counter()
    signed = answers(road.stick, road.open(), NOW)
    stick_s = time.perf_counter() - begun
    assert not [one for one in signed if one.refusal is not None]
    begun = time.perf_counter()
    answers(road.stick, road.open(), NOW)
    again_s = time.perf_counter() - begun

    at = dt.datetime.now(dt.UTC)
    gone = [Revoked(1 << 100 | number, at) for number in range(STATIONS)]
    begun = time.perf_counter()
    trust_lists(road.county / "hub" / "issuers", gone, at)
    render_acl([code(number) for number in range(STATIONS)])
    lists_ms = (time.perf_counter() - begun) * 1000
    return [
        Figure(
            "a request read and its certificate issued", issue_ms, "ms", 5, f"mean of {ISSUED}, the hub's authority"
        ),
        Figure(
            "a stick answered", stick_s, "s", 60, f"{STATIONS} requests, laptop; log, inventory and answers durable"
        ),
        Figure("a stick answered again", again_s, "s", None, f"{STATIONS} requests, every answer there already"),
        Figure("the broker's lists and access list made", lists_ms, "ms", None, f"{STATIONS} revoked, 3 lists"),
    ]
