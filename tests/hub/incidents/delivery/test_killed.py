"""kill -9 while alerts are sent to a real mail server: none is lost, and what came twice bears one name."""

import email
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from hub.store.deliveries import DeliveriesReader, Fresh, queue
from hub.store.engine import Database, writing
from tests.hub.incidents.delivery.servers import Mailbox, mail_server
from tests.test_house import ROOT
from tests.waiting import wait_for

PACE = 600
"""So many seconds of the sender's are one of ours: a lease of three minutes is over in no time."""


def sent_and_killed(folder: Path, letters: int, kills: int, seed: int) -> tuple[Counter[str], Counter[str]]:
    """Return how often each letter came, by Message-ID, and what the queue says became of them."""
    chance = random.Random(seed)
    url = f"sqlite:///{folder / 'hub.sqlite3'}"
    database, box, start_ms = Database(url), Mailbox(), time.time_ns() // 1_000_000
    rows = [
        Fresh(
            f"k{n}", None, None, "digest", "mail", "duty@county.test", "digest", start_ms, "s", "b\n", due_ms=start_ms
        )
        for n in range(letters)
    ]
    with writing(database) as connection:
        queue(connection, rows)
    reader = DeliveriesReader(database.reader)
    with mail_server(box, None) as port:
        words = [sys.executable, "-m", "tests.hub.incidents.delivery.killed", url, str(port), str(start_ms), str(PACE)]
        for round_ in range(kills + 1):
            process = subprocess.Popen(words, cwd=ROOT)
            try:
                goal = letters if round_ == kills else len(box.taken) + letters // (kills + 2)
                wait_for(lambda goal=goal: len({one.content for one in box.taken}) >= goal, "letters come", 30.0)
                if round_ < kills:
                    time.sleep(chance.uniform(0, 0.03))  # where it is hit is the point
                else:
                    wait_for(lambda: all(row.state == "sent" for row in reader.recent(0)), "all are noted", 30.0)
            finally:
                process.kill()
                process.wait()
    states = Counter(row.state for row in reader.recent(0))
    database.stop()
    return Counter(str(email.message_from_bytes(bytes(one.content or b""))["Message-ID"]) for one in box.taken), states


@pytest.mark.slow
def test_no_alert_is_lost_when_the_hub_is_killed_while_it_sends(tmp_path: Path) -> None:
    came, states = sent_and_killed(tmp_path, letters=30, kills=1, seed=7)
    assert states == {"sent": 30}
    assert len(came) == 30
    assert sum(came.values()) - 30 <= 1, "a kill costs at most the one letter at hand"
