"""docs/kiosk-flow.md and its picture are of the flow as it is now, and name everything in it."""

from station.kiosk.flow import ROUTES
from station.kiosk.state import Step
from tests.pictures import flow_picture
from tests.pictures.flow_words import CONDITIONS

HOW = "stale: run `./run pictures --only flow`"


def test_the_page_is_of_todays_table() -> None:
    assert flow_picture.PAGE.read_text("utf-8") == flow_picture.page(), HOW


def test_the_picture_is_of_todays_table() -> None:
    assert flow_picture.mark() in flow_picture.PICTURE.read_text("utf-8"), HOW


def test_every_way_stands_on_the_page_and_every_step_is_reached() -> None:
    rows = [line for line in flow_picture.page().splitlines() if line.startswith("|") and line.count("|") == 6]
    assert len(rows) == 2 + sum(len(ways) for ways in ROUTES.values())
    reached = {to for _, to in flow_picture.arrows()}
    assert set(Step) - reached == set()


def test_every_condition_has_chinese_words_in_flow_words() -> None:
    assert flow_picture.conditions() - set(CONDITIONS) == set()


def test_every_step_is_called_something_else() -> None:
    names = [flow_picture.name_of(step) for step in Step]
    assert len(set(names)) == len(names)
