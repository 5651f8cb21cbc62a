"""Looking for a 便民服务卡 before the camera: not for ever, at once none without a camera, and nothing waits for it."""

from itertools import count

import pytest

from station.agent.card_desk import CardDesk
from station.clock import Stamp
from tests.station.agent.fake_camera import FakeCamera
from tests.waiting import wait_for
from wire.orders import Ask, Reply

NOW = Stamp(None, 50_000, "0" * 16)
REPLY_TO = bytes(range(32))
numbers = count()


def ask() -> Ask:
    return Ask(f"a{next(numbers)}", "service_card", "0" * 16, b"", REPLY_TO, 15_000)


def looked(camera: FakeCamera | None, asked: Ask, within_ms: int = 15_000) -> Reply:
    desk = CardDesk(camera)
    desk.look_for(asked, NOW.mono_ms + within_ms, NOW)
    (reply,) = wait_for(desk.replies, "the reply")
    assert isinstance(reply, Reply)
    return reply


@pytest.mark.parametrize(
    ("box", "outcome"),
    [pytest.param(b"box", "found", id="a card"), pytest.param(None, "none", id="none in time")],
)
def test_what_the_camera_saw(box: bytes | None, outcome: str) -> None:
    camera, asked = FakeCamera(), ask()
    camera.card = box
    assert looked(camera, asked) == Reply(asked.id, outcome, box)
    assert camera.looked_for == [(REPLY_TO, 15.0)]


def test_it_never_looks_longer_than_twenty_seconds() -> None:
    camera = FakeCamera()
    looked(camera, ask(), within_ms=300_000)
    assert camera.looked_for == [(REPLY_TO, 20.0)]


def test_a_question_whose_time_is_over_is_late() -> None:
    camera, asked = FakeCamera(), ask()
    assert looked(camera, asked, within_ms=0) == Reply(asked.id, "late")
    assert camera.looked_for == []


@pytest.mark.parametrize(
    ("camera", "looks"),
    [
        pytest.param(("failed", "E-CAM-03"), 0, id="a camera without pictures is not waited for"),
        pytest.param(("failed", "E-VQD-12"), 1, id="what covers the lens may be the card"),
        pytest.param(("degraded", "E-CAM-07"), 1, id="a slow camera"),
        pytest.param(("unknown", None), 1, id="a camera that is opening"),
    ],
)
def test_whether_it_looks(camera: tuple[str, str | None], looks: int) -> None:
    fake, asked = FakeCamera(), ask()
    fake.state, fake.code = camera
    assert looked(fake, asked) == Reply(asked.id, "none")
    assert len(fake.looked_for) == looks


def test_without_a_camera_there_is_no_card() -> None:
    asked = ask()
    assert looked(None, asked) == Reply(asked.id, "none")


def test_a_look_that_takes_long_holds_nobody_up() -> None:
    camera, asked = FakeCamera(), ask()
    desk = CardDesk(camera)
    with camera.slow():
        desk.look_for(asked, NOW.mono_ms + 15_000, NOW)
        wait_for(lambda: camera.looked_for, "the look")
        assert desk.replies() == []
    assert wait_for(desk.replies, "the reply") == [Reply(asked.id, "none")]
