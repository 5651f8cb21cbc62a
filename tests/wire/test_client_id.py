"""The id a client is known by at the broker."""

from wire.client_id import client_id

KEY = b"-----BEGIN PRIVATE KEY-----\nnobody's\n-----END PRIVATE KEY-----\n"


def test_it_is_the_same_at_every_start_so_that_a_new_connection_ends_the_old():
    assert client_id("999999101001", KEY) == client_id("999999101001", KEY)


def test_it_begins_with_the_name_and_cannot_be_guessed_without_the_key():
    assert client_id("999999101001", KEY).startswith("999999101001-")
    assert client_id("999999101001", KEY) != client_id("999999101001", KEY.replace(b"nobody", b"another"))


def test_it_gives_nothing_of_the_key_away():
    digest = client_id("hub-999999", KEY).rpartition("-")[2]
    assert len(digest) == 16
    assert digest.encode() not in KEY
