"""What is told of an error."""

from pathlib import Path

import pytest

from hub.store.audit import AuditLog
from hub.store.engine import StoreError
from hub.web.problem import problem_of
from tests.hub.web.made_up import MadeUpCounty
from tests.hub.web.signed_in import signed_in


@pytest.mark.parametrize(("code", "said"), [("E-STORE-03", "什么都没有改动"), ("E-STORE-05", "暂时无法读取")])
def test_whether_the_database_gives_nothing_or_takes_nothing_is_told(code: str, said: str) -> None:
    told = problem_of(StoreError(code, "disk of /somewhere"))
    assert (told.status, told.code, said in told.detail) == (503, code, True)
    assert "/somewhere" not in told.detail


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/admin/tokens", {"name": "reader", "days": "9", "may_see": "on"}),
        ("/admin/accounts", {"name": "zhang", "full_name": "测试张", "unit": "测试司法所", "role": "operator"}),
    ],
)
def test_that_the_database_takes_nothing_is_no_refusal_beside_a_form(
    made_up: MadeUpCounty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, fields: dict[str, str]
) -> None:
    app = made_up.app(tmp_path)
    person = signed_in(made_up.database, app, "administrator")

    def fails(*_: object) -> None:
        raise StoreError("E-STORE-03", "made up")

    monkeypatch.setattr(AuditLog, "note", fails)
    answer = person.post(path, fields)
    assert (answer.status_code, answer.json()["code"]) == (503, "E-STORE-03")
