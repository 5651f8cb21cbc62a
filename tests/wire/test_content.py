"""Library documents: each kind is held to its shape; what cannot be filled in is refused."""

import pytest

from wire.content import KINDS, Articles, Hotline, Templates, read_content
from wire.errors import WireError

TEMPLATE = (
    '{"templates":[{"id":"iou","title":{"zh":"借条"},"text":"%s","blanks":[{"id":"who","label":{"zh":"出借人"}}]}]}'
)


def test_a_document_becomes_its_kind() -> None:
    content = read_content("hotline", '{"number":"12348","hours":{"zh":"全天","en":"day and night"}}')
    assert isinstance(content, Hotline)
    assert content.video is False
    assert isinstance(read_content("learning", '{"articles":[]}'), Articles)
    assert isinstance(read_content("templates", TEMPLATE % "今借到{who}现金"), Templates)


def test_null_withdraws_any_document() -> None:
    assert [read_content(name, " null ") for name in KINDS] == [None] * len(KINDS)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("gossip", "{}", id="no such kind"),
        pytest.param("hotline", "{}", id="number missing"),
        pytest.param("hotline", '{"number":"12348","hours":{"zh":"全天"},"colour":"red"}', id="a misspelt key"),
        pytest.param("hotline", '{"number":"call me","hours":{"zh":"全天"}}', id="no telephone number"),
        pytest.param("hotline", "\ud800", id="half a character"),
        pytest.param("roster", '{"people":[{"name":"测试","role":"king"}]}', id="no such role"),
        pytest.param("templates", TEMPLATE % "今借到{whom}", id="a blank it does not have"),
        pytest.param("templates", TEMPLATE % "今借到{who.__class__}", id="more than a blank"),
        pytest.param("templates", TEMPLATE % "今借到{who!r}", id="a conversion"),
        pytest.param("templates", TEMPLATE % "今借到{who", id="an open brace"),
        pytest.param("templates", TEMPLATE % "今借到{}", id="a nameless gap"),
    ],
)
def test_what_is_not_of_its_kind_is_refused(name: str, text: str) -> None:
    with pytest.raises(WireError, match="E-WIRE-04"):
        read_content(name, text)
