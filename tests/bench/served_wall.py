"""A large county's web in a process of its own: `python -m tests.bench.served_wall PORT STATIONS UPDATES_PER_S`.

Each change is written to standard output as `MS NUMBER CODE STATE`, so that whoever measures knows when it happened.
"""

import random
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

from demo.villages import made_up_county
from hub.serving import WebServer
from tests.hub.web.made_up import MadeUpCounty, now_ms
from wire.health import CountyHealth, State, Video

PER_TOWN = 71
STATES: tuple[tuple[State, Video], ...] = (("online", "ok"), ("offline", "unknown"), ("online", "fault"))


class BenchCounty(MadeUpCounty):
    """Counts as it goes: what a hub tells of the county costs it nothing here."""

    def figures(self) -> CountyHealth:
        return CountyHealth(
            county="999999", at_ms=now_ms(), stations=len(self.villages), online=len(self.villages), offline=0,
            unknown=0, maintenance=0, video_ok=0, visits_today=self.visits_today, quarantined=0,
        )  # fmt: skip


def bench_county(stations: int) -> BenchCounty:
    """Return a county of so many villages, named as the demonstration's twice over; above 1,000 in towns of 71."""
    if stations > 1_000:
        places = [divmod(number, PER_TOWN) for number in range(stations)]
        return BenchCounty(
            [(f"999999{100 + town}{200 + unit}", f"测{town}第{unit + 1}村", f"测{town}镇") for town, unit in places]
        )
    named = [(village.code, village.name, village.town) for village in made_up_county()]
    named += [(f"9{code[1:6]}{int(code[6:9]) + 50}{code[9:]}", f"东{name}", f"东{town}") for code, name, town in named]
    code, _, town = named[-1]
    named += [(f"{int(code) + 1 + more}", f"东塘河第{more + 90}村", town) for more in range(stations - len(named))]
    return BenchCounty(named[:stations])


def change(county: BenchCounty, updates_per_s: float) -> None:
    """Change one village after another, evenly."""
    chance, codes, number, begun = random.Random(5), list(county.villages), 0, time.monotonic()
    while True:
        number += 1
        time.sleep(max(0.0, begun + number / updates_per_s - time.monotonic()))
        code = chance.choice(codes)
        now = county.healths[code]
        state, video = chance.choice([one for one in STATES if one != (now.state, now.video)])
        county.visits_today = number
        at_ms = time.time() * 1000
        county.set(code, state, video=video, fault="E-VQD-12")
        sys.stdout.write(f"{at_ms:.1f} {number} {code} {state}\n")
        sys.stdout.flush()


def main() -> None:
    """Serve until a signal."""
    port, stations, updates_per_s = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    county = bench_county(stations)
    # What stands is told as time goes on, as by a hub of which nothing changes.
    threading.Thread(target=lambda: [(time.sleep(0.5), county.tell()) for _ in iter(int, 1)], daemon=True).start()
    if updates_per_s:
        threading.Thread(target=change, args=(county, updates_per_s), daemon=True).start()
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind(("127.0.0.1", port))
    with tempfile.TemporaryDirectory() as folder:
        WebServer(county.app(Path(folder))).run(sockets=[door])


if __name__ == "__main__":
    main()
