"""Which passwords are refused, and how they are kept."""

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.access.passwords import SHORTEST, Cost, Passwords, one_time_password, weakness_of

ABOUT = ("zhangsan", "测试张", "测试县司法局", "测试县")
CHEAP = Passwords(Cost(passes=1, memory_kib=8, lanes=1))


@pytest.mark.parametrize(
    ("password", "weakness"),
    [
        pytest.param("elevenchars", "short", id="eleven characters"),
        pytest.param("x" * 129, "long", id="129 characters"),
        pytest.param("111111111111", "same", id="one sign"),
        pytest.param("abcabcabcabc", "same", id="a piece three times"),
        pytest.param("123456789012", "run", id="digits in order"),
        pytest.param("210987654321", "run", id="and backwards"),
        pytest.param("qwertyuiop12", "run", id="the keyboard"),
        pytest.param("1qaz2wsx3edc", "run", id="its columns"),
        pytest.param("password1234", "known", id="the first of all lists"),
        pytest.param("P@ssw0rd2026", "known", id="with signs that look alike"),
        pytest.param("Admin_2026!!!", "known", id="a role and a year"),
        pytest.param("woaini1314520", "known", id="the first of Chinese lists"),
        pytest.param("cuncuntong#2026", "known", id="this very system"),
        pytest.param("zhangsan20261128", "yours", id="the name and a day"),
        pytest.param("Zhang San 2026", "yours", id="the name with a gap"),
        pytest.param("测试县司法局-123456", "yours", id="the unit"),
        pytest.param("110105194912310021", "date", id="an identity number"),
        pytest.param("1986-04-25-abc", "date", id="a birthday"),
        pytest.param("13905162738xy", "date", id="a telephone"),
    ],
)
def test_what_is_guessed_first_is_refused(password: str, weakness: str) -> None:
    assert weakness_of(password, ABOUT) == weakness


@pytest.mark.parametrize(
    "password",
    ["three grey herons", "correct horse battery", "xk4-9fjw-22mm", "早上七点在河边看鹭鸶起飞啊", "zhangsan likes fog"],
)  # fmt: skip
def test_anything_else_goes_whatever_it_is_made_of(password: str) -> None:
    assert weakness_of(password, ABOUT) is None


@given(st.text(max_size=140), st.lists(st.text(max_size=20), max_size=3))
@settings(max_examples=150)
def test_any_text_gets_an_answer(password: str, about: list[str]) -> None:
    weakness = weakness_of(password, about)
    assert (weakness == "short") == (len(password) < SHORTEST)


def test_passwords_made_here_are_good_and_never_alike() -> None:
    made = {one_time_password() for _ in range(50)}
    assert len(made) == 50
    assert {weakness_of(one, ABOUT) for one in made} == {None}


@given(st.text(max_size=40))
@settings(max_examples=25)
def test_exactly_what_was_typed_opens(password: str) -> None:
    kept = CHEAP.kept(password)
    assert kept.startswith("$argon2id$")
    assert CHEAP.right(kept, password)
    assert not CHEAP.right(kept, f"{password} ")


def test_what_is_nobodys_or_no_hash_opens_to_nobody_at_the_same_price() -> None:
    before = CHEAP.looks
    assert [CHEAP.right(kept, "x") for kept in (None, "", "nobody can sign in by this")] == [False, False, False]
    assert CHEAP.looks == before + 3


def test_looking_at_nobodys_costs_as_much_as_at_somebodys() -> None:
    for passwords in (CHEAP, Passwords()):
        assert not passwords.is_old(passwords.nobodys), "it is of the very same cost"
    with pytest.raises(VerifyMismatchError):  # it is a hash that can be looked at, not one that is refused at once
        PasswordHasher().verify(CHEAP.nobodys, "x")


def test_the_centre_keeps_them_as_the_standard_asks() -> None:
    cost = Cost()
    assert (cost.passes, cost.memory_kib >= 19 * 1024) == (3, True), "OWASP: at least 19 MiB and two passes"
    assert CHEAP.is_old(Passwords(Cost(1, 16, 1)).kept("x"))
