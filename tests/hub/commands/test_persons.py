"""`hub person …`: a person's own data, by the number on standard input."""

import csv
import json
from pathlib import Path

from tests.hub.commands.test_visits import Clerk, clerk
from tests.hub.people import ANNA

__all__ = ["clerk"]
WHO = ("--by", "测试督", "--reason", "本人申请")


def test_a_person_is_found_copied_and_erased(clerk: Clerk, tmp_path: Path) -> None:
    def person(*words: str) -> int:
        return clerk.runs(*words, *WHO, stdin=ANNA.id_number + "\n", group="person")

    assert person("find") == 0
    assert "kept: still open" in clerk.out
    assert ANNA.id_number not in clerk.out
    assert person("copy", "--out", str(tmp_path / "copy.json")) == 0
    (visit,) = json.loads((tmp_path / "copy.json").read_text())["visits"]
    assert visit["identity"]["id_number"] == ANNA.id_number
    assert (tmp_path / "copy.json").stat().st_mode & 0o777 == 0o600
    assert person("copy", "--out", str(tmp_path / "copy.csv"), "--format", "csv") == 0
    assert len(list(csv.reader((tmp_path / "copy.csv").read_text("utf-8-sig").splitlines()))) > 1
    assert person("erase", "--sure") == 0
    assert "0 已删除 erased, 1 暂时保留 kept" in clerk.out
    assert clerk.on("answer", "--state", "closed") == 0
    assert person("erase") == 0
    assert "1 将删除 would be erased" in clerk.out
    assert person("erase", "--sure") == 0
    assert "1 已删除 erased, 0 暂时保留 kept" in clerk.out
    assert person("find") == 0
    assert visit["number"] not in clerk.out
    acts = [act for (act,) in clerk.rows("SELECT act FROM audit ORDER BY number")]
    assert acts == ["person.find", "person.copy", "person.copy", "visit.step", "person.erase", "person.find"]
    assert clerk.runs("find", *WHO, stdin="\n", group="person") == 2
