"""The code that is printed leads back to the hash, however it is typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documentation.rules.codes import begins, code_of

SHA256 = "b880effa9f6be659200ec242edda1ce914b590ea52ed1f800c38909d292dc91e"


def test_a_code_is_five_groups_of_four():
    assert code_of(SHA256) == "Q20E-ZYMZ-DFK5-J80E-R91E"
    assert code_of("0" * 64) == "0000-0000-0000-0000-0000"


@given(st.text("0123456789abcdef", min_size=64, max_size=64))
def test_a_code_leads_back_to_how_the_hash_begins(sha256):
    assert begins(code_of(sha256)) == sha256[:25]


@pytest.mark.parametrize(
    "typed",
    [
        "q20e-zymz-dfk5-j80e-r91e",
        "Q20E ZYMZ DFK5 J80E R91E",
        "Q2OEZYMZDFK5J8OER9IE",
        "Q20EZYMZDFK5J80ER9LE",
    ],
)
def test_how_it_is_typed_does_not_matter(typed):
    assert begins(typed) == SHA256[:25]


@pytest.mark.parametrize(
    "typed", ["", "Q20E", "Q20E-ZYMZ-DFK5-J80E-R91E-0", "U20E-ZYMZ-DFK5-J80E-R91E"]
)
def test_what_is_no_code_begins_nothing(typed):
    assert begins(typed) is None
