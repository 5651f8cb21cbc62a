"""What waits is shared fairly."""

from hub.ingest.shares import Shares

A, B = "v1/999999101001/up/records", "v1/999999101002/up/beat"


def test_one_sender_has_its_share_whatever_it_writes_on_and_the_others_have_theirs():
    shares = Shares(2)
    assert [shares.take(A), shares.take(A.replace("records", "life")), shares.take(A)] == [True, True, False]
    assert shares.take(B)


def test_what_waits_no_more_makes_room():
    shares = Shares(1)
    assert shares.take(A)
    shares.give_back(A)
    assert shares.take(A)
    shares.clear()
    assert shares.take(A)


def test_topics_that_are_none_share_one_share():
    shares = Shares(1)
    assert shares.take("?")
    assert not shares.take("")
