"""How true a probe's figures are: against lines whose truth is known, ours in userspace and the kernel's own."""

import json
import subprocess
import sys
from pathlib import Path

from demo.processes import tool
from tests.bench.table import Figure
from tests.bench.two_namespaces import FAR, RefusedError, two_namespaces
from tests.stamp.measuring import CASES, measured

PACKETS = 4_000
INTERVAL_S = 0.01
WINDOW_S = 5.0
MOST_RTT_ERROR_MS = 0.3
MOST_STANDARD_ERRORS = 3.0
MOST_WRONG = 1.0
"""Per thousand: over 8 in a row lost at a window's edge are told as lost there before anything tells otherwise."""
PORT = 8620
LOSSES = ((0.0, 0.0), (0.01, 0.0), (0.05, 0.01), (0.0, 0.05), (0.2, 0.05))


def measure(_folder: Path) -> list[Figure]:
    return [*through_bad_lines(), *through_the_kernel()]


def through_bad_lines() -> list[Figure]:
    """Ten sessions at once, half of them authenticated, in windows of 5 s as a station closes them."""
    figures = []
    for outcome in measured(CASES, packets=PACKETS, interval_s=INTERVAL_S, window_s=WINDOW_S):
        seen, truth, name = outcome.figures, outcome.truth, f"probe, {outcome.case.name}"
        there, back = outcome.standard_errors()
        wrong = abs(seen.reached - truth.reached) + abs(seen.received - truth.received)
        rtt = f"measured {seen.rtt_p50_ms:.3f}, the line's own {truth.rtt_p50_ms:.3f} ms; {PACKETS} packets"
        lost = f"seen {seen.loss_there:.2%} there, {seen.loss_back:.2%} back"
        way = "each way against the line's own count, packet by packet"
        seen_too = f"{seen.duplicated} duplicates, {seen.reordered} reordered seen"
        figures += [
            Figure(f"{name}: RTT median off by", abs(outcome.rtt_error_ms), "ms", MOST_RTT_ERROR_MS, rtt),
            Figure(f"{name}: loss off by", max(abs(there), abs(back)), "s.e.", MOST_STANDARD_ERRORS, lost),
            Figure(f"{name}: told wrong", 1000 * wrong / PACKETS, "‰ of packets", MOST_WRONG, f"{way}; {seen_too}"),
        ]
    return figures


def through_the_kernel() -> list[Figure]:
    """`station probe` and `hub reflect` in network namespaces of their own; nftables drops and counts."""
    figures = []
    for there, back in LOSSES:
        try:
            figures += _one_run(there, back)
        except RefusedError as reason:
            sys.stderr.write(f"  two namespaces: not measured here: {reason}\n")
            break
    return figures


def _one_run(there: float, back: float) -> list[Figure]:
    reflect = [
        tool("hub"),
        "reflect",
        "--port",
        str(PORT),
        "--allow",
        "198.18.0.0/15",
        "--packets-per-s",
        "1000",
        "--json",
    ]
    probe = [tool("station"), "probe", f"{FAR}:{PORT}", "--count", "2000", "--interval", "0.005", "--json"]
    with two_namespaces() as (near, far):
        near.lose(back)
        far.lose(there)
        with subprocess.Popen(far.command(*reflect), stdout=subprocess.PIPE, text=True) as reflector:
            try:
                assert reflector.stdout is not None
                reflector.stdout.readline()
                done = subprocess.run(near.command(*probe), capture_output=True, text=True, check=True)
            finally:
                reflector.terminate()
        truth = (far.lost(), near.lost())
    seen = json.loads(done.stdout)
    lost = (seen["sent"] - seen["reached"], seen["reached"] - seen["received"])
    name = f"two namespaces, {there:.0%} there, {back:.0%} back: told wrong"
    how = f"lost {lost[0]} there, {lost[1]} back; nftables dropped {truth[0]}, {truth[1]}; {seen['rtt_p50_ms']:.3f} ms"
    return [Figure(name, abs(lost[0] - truth[0]) + abs(lost[1] - truth[1]), "packets", 0, how)]
