"""Several processes at one spool, any of which may die at any instant."""

import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from station.store import opening
from station.store.spool import Spool
from tests.station.store.spooling import NOW, numbers, seqs, visit
from wire.records import Visit

KILLS = 20

APPEND_FOR_EVER = """
import sys
from pathlib import Path
from station.store.spool import Spool
from tests.station.store.spooling import NOW, visit
spool = Spool.open(Path(sys.argv[1]))
while True:
    print(spool.append(visit, NOW), flush=True)
"""


@pytest.mark.slow
def test_what_was_said_saved_is_there_after_kill_nine(tmp_path: Path) -> None:
    path = tmp_path / "spool.sqlite3"
    draw = random.Random(11)
    agent = Spool.open(path)
    said: set[int] = set()
    for kill in range(1, KILLS + 1):
        process = subprocess.Popen([sys.executable, "-c", APPEND_FOR_EVER, path], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        said.add(int(process.stdout.readline()))
        time.sleep(draw.uniform(0.0, 0.05))  # the moment of the kill is what is drawn, not something waited for
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read()
        process.wait()
        process.stdout.close()
        said.update(int(line) for line in rest.split("\n")[:-1])
        there = seqs(agent)
        assert there == list(range(1, len(there) + 1))
        assert said <= set(there)
        assert len(there) <= len(said) + kill, "each kill leaves at most one record that was not yet said saved"
    agent.close()
    again = Spool.open(path)
    assert again.set_aside is None
    assert seqs(again) == there
    again.close()


SAVE_COUNTED = """
import itertools, sys
from pathlib import Path
from station.errors import StoreError
from station.store.spool import Spool
from tests.station.store.spooling import NOW, visit
path = Path(sys.argv[1])
spool = Spool.open(path)
for count in itertools.count(int(sys.argv[2])):
    while True:
        try:
            spool.append(lambda _: visit(count), NOW)
            break
        except StoreError as error:
            if error.code != "E-SPOOL-03":
                raise
            spool.close()
            spool = Spool.open(path)
    print(visit(count).number, flush=True)
"""


def test_while_two_processes_save_a_third_sets_the_file_aside_and_every_record_is_there_once(tmp_path: Path) -> None:
    path = tmp_path / "spool.sqlite3"
    draw = random.Random(12)
    savers = [
        subprocess.Popen([sys.executable, "-c", SAVE_COUNTED, path, first], stdout=subprocess.PIPE, text=True)
        for first in ("10000", "50000")
    ]
    said: list[str] = []
    try:
        for saver in savers:
            assert saver.stdout is not None
            said.append(saver.stdout.readline().strip())
        for _ in range(5):
            time.sleep(draw.uniform(0.02, 0.1))
            opening.suspect(path)
            Spool.open(path).close()
            for saver in savers:
                assert saver.stdout is not None
                said.append(saver.stdout.readline().strip())
    finally:
        for saver in savers:
            saver.kill()
            saver.wait()
    for saver in savers:
        assert saver.stdout is not None
        said += saver.stdout.read().split("\n")[:-1]
        saver.stdout.close()
    spool = Spool.open(path)
    there = numbers(spool)
    assert len(list(tmp_path.glob("*.broken-?"))) == 5
    assert set(said) <= set(there)
    assert len(there) == len(set(there))
    assert len(there) <= len(said) + len(savers)
    spool.close()


def test_a_record_on_its_way_into_a_file_that_is_being_set_aside_is_carried_over(tmp_path: Path) -> None:
    path = tmp_path / "spool.sqlite3"
    spool = Spool.open(path)
    opened = threading.Event()

    def set_it_aside() -> None:
        Spool.open(path).close()
        opened.set()

    other = threading.Thread(target=set_it_aside)

    def make(seq: int) -> Visit:
        opening.suspect(path)
        other.start()
        assert not opened.wait(0.3), "the file was replaced under a writer"
        return visit(seq)

    spool.append(make, NOW)
    spool.close()
    other.join()
    again = Spool.open(path)
    assert numbers(again) == [visit(1).number]
    again.close()


OPEN_AND_TELL = """
import sys
from pathlib import Path
from station.store.spool import Spool
sys.stdin.readline()
spool = Spool.open(Path(sys.argv[1]))
print(spool.epoch, spool.set_aside is not None)
"""


@pytest.mark.parametrize("damaged", [False, True], ids=["a first spool", "a damaged spool"])
def test_processes_that_open_at_once_agree_on_one_epoch(tmp_path: Path, damaged: bool) -> None:
    path = tmp_path / "spool.sqlite3"
    if damaged:
        path.write_bytes(b"no spool" * 1000)
    openers = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN_AND_TELL, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for opener in openers:
        assert opener.stdin is not None
        opener.stdin.write("\n")
        opener.stdin.flush()
    found = [opener.communicate()[0].split() for opener in openers]
    assert len({epoch for epoch, _ in found}) == 1
    assert [aside for _, aside in found].count("True") == int(damaged)
