"""A backup that is put back trusts nobody whom the county no longer trusts, and lets no label be used again."""

import shutil
from pathlib import Path

from hub.desks.revoking import revoke
from hub.store.carrying import carry_over, read_before
from hub.store.engine import Database, writing
from hub.store.enrolment import EnrolmentReader
from tests.hub.enrolment.ground import OTHER, STATION, Ground, Machine
from tests.hub.enrolment.test_enrolling import asked, enrolled, take


def test_what_was_burnt_issued_and_revoked_since_a_backup_stays_so(tmp_path: Path) -> None:
    ground = Ground(tmp_path / "hub")
    enrolled(ground, tmp_path / "a")
    label = ground.token(OTHER)
    ground.close()
    older, newer = tmp_path / "backup.sqlite3", tmp_path / "hub" / "hub.sqlite3"
    shutil.copy(newer, older)

    ground.database = Database(f"sqlite:///{newer}")
    ground.desk._database = ground.database
    take(Machine(tmp_path / "b", ground, OTHER), asked(ground, Machine(tmp_path / "b", ground, OTHER).request(label)))
    with writing(ground.database) as connection:
        revoke(STATION, "王", "被盗", ground.now_ms()).change(connection)
    ground.close()

    before = read_before(newer)
    assert before is not None
    restored = Database(f"sqlite:///{older}")
    with writing(restored) as connection:
        carry_over(connection, before, ground.now_ms())
    reader = EnrolmentReader(restored.reader)
    assert list(reader.revoked()[1]) == [STATION]
    tokens, certificates, _ = reader.of_station(OTHER)
    assert ([one.burnt_why for one in tokens], [one.how for one in certificates]) == (["online"], ["online"])
    assert reader.of_station(STATION)[1][0].ended_why == "revoked"
    restored.stop()
