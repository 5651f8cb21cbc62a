"""The campaign of damaged files in its short form; cuts in their short form stand beside the card's own tests."""

from tests.faults.cards import mutated


def test_damaged_files_are_edited_and_undone_to_the_byte_or_refused() -> None:
    assert mutated(400, 20260101) == []
