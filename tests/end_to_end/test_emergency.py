"""紧急求助 with a real agent, broker and hub: the county has it within a second, whatever waits before it."""

from collections.abc import Iterator

import pytest

from station.store.spool import Spool
from tests.bench.emergency import BACKLOG, LIMIT_MS, add_backlog, called_ms
from tests.online_station import online_station
from tests.waiting import wait_for

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spool]:
    """The spool as the kiosk has it, of a station that is online."""
    with online_station(tmp_path_factory.mktemp("emergency")) as station:
        yield station.spool


@pytest.mark.parametrize("withdrawn", [pytest.param(False, id="a call"), pytest.param(True, id="a call taken back")])
def test_the_county_has_it_within_a_second(kiosk: Spool, withdrawn: bool) -> None:
    assert max(called_ms(kiosk, withdrawn=withdrawn) for _ in range(5)) < LIMIT_MS


def test_the_county_has_it_within_a_second_while_thousands_of_records_are_on_their_way(kiosk: Spool) -> None:
    wait_for(lambda: kiosk.depth().records == 0, "an empty outbox")
    before = kiosk.trimmed_to()
    add_backlog(kiosk.path, BACKLOG)
    wait_for(lambda: kiosk.trimmed_to() > before, "the first receipt of the backlog")
    assert called_ms(kiosk, withdrawn=False) < LIMIT_MS
    assert kiosk.depth().records > BACKLOG // 2, "it did not wait for its turn"
