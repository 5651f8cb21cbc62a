import subprocess
import sys
from pathlib import Path

import pytest

from station.errors import StoreError
from station.store.presence import KioskPresence, Presence, VisitPresence, agent_runs, somebody_is_there

HOLD = """
import sys, time
from pathlib import Path
from station.store.presence import Presence
presence = Presence(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def test_an_agent_is_seen_while_it_runs_and_not_after_its_sudden_death(tmp_path: Path) -> None:
    assert not agent_runs(tmp_path)
    agent = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert agent.stdout is not None
    assert agent.stdout.readline() == "held\n"
    assert agent_runs(tmp_path)
    with pytest.raises(StoreError, match="E-AGENT-03"):
        Presence(tmp_path)
    agent.kill()
    agent.wait()
    agent.stdout.close()
    assert not agent_runs(tmp_path)
    Presence(tmp_path).close()


def test_looking_leaves_the_presence_to_its_holder(tmp_path: Path) -> None:
    presence = Presence(tmp_path)
    assert agent_runs(tmp_path)
    assert agent_runs(tmp_path)
    presence.close()
    assert not agent_runs(tmp_path)


def test_a_folder_that_is_not_there_is_said_with_a_code(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="E-AGENT-01"):
        Presence(tmp_path / "nowhere")


def test_one_kiosk_a_folder_beside_the_agent(tmp_path: Path) -> None:
    agent, kiosk = Presence(tmp_path), KioskPresence(tmp_path)
    with pytest.raises(StoreError, match="E-KIOSK-04"):
        KioskPresence(tmp_path)
    kiosk.close()
    KioskPresence(tmp_path).close()
    agent.close()


def test_somebody_at_the_kiosk_is_seen_and_whoever_looks_takes_nothing_from_it(tmp_path: Path) -> None:
    assert not somebody_is_there(tmp_path)
    visit = VisitPresence(tmp_path)
    assert not somebody_is_there(tmp_path)
    for _ in range(2):
        visit.here(True)
        assert somebody_is_there(tmp_path)
        visit.here(False)
        assert not somebody_is_there(tmp_path)
    visit.here(True)
    visit.close()
    assert not somebody_is_there(tmp_path)
