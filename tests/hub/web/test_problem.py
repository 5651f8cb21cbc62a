"""What is told of an error."""

import pytest

from hub.store.engine import StoreError
from hub.web.problem import problem_of


@pytest.mark.parametrize(("code", "said"), [("E-STORE-03", "什么都没有改动"), ("E-STORE-05", "暂时无法读取")])
def test_whether_the_database_gives_nothing_or_takes_nothing_is_told(code: str, said: str) -> None:
    told = problem_of(StoreError(code, "disk of /somewhere"))
    assert (told.status, told.code, said in told.detail) == (503, code, True)
    assert "/somewhere" not in told.detail
