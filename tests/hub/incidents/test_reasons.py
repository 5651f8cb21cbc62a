"""Whatever reason the watch may give has its words in both languages."""

import re

from hub.health.judge import LEG_REASONS
from hub.incidents.reasons import REASONS, TOGETHER
from hub.incidents.sight import KINDS
from tests.test_house import ROOT
from wire.video import FAULTS


def test_every_reason_has_its_words() -> None:
    states = {"died", "silent", "stopped", "stopped_together", "changes"}
    legs = {reason for reason in LEG_REASONS.values() if reason}
    pictures = {fault.code for fault in FAULTS.values()} | {
        f"camera_{state}" for state in ("failed", "absent", "degraded")
    }
    pictures |= set(re.findall(r"^\| (E-CAM-\d\d) ", (ROOT / "docs" / "errors.md").read_text("utf-8"), re.MULTILINE))
    given = states | legs | pictures | set(TOGETHER.values()) | set(KINDS.values())
    assert given <= set(REASONS)
    assert all(chinese and english for chinese, english in REASONS.values())
