"""The check digit of the NPI (CMS; 45 CFR 162.406)."""

import pytest

from billing.rules.checks import npi_is_valid


@pytest.mark.parametrize(
    ("npi", "valid"),
    [
        ("1234567893", True),  # the example in CMS's description of the check digit
        ("1234567890", False),
        ("1234567839", False),  # two digits changed places
        ("123456789", False),
        ("12345678930", False),
        ("3234567899", False),  # begins neither with 1 nor with 2
        ("123456789a", False),
        ("١٢٣٤٥٦٧٨٩٣", False),
        ("", False),
    ],
)
def test_an_npi_is_ten_digits_with_the_right_last_one(npi, valid):
    assert npi_is_valid(npi) is valid


def test_changing_any_one_digit_spoils_an_npi():
    good = "1245319599"
    for place in range(1, 10):
        for digit in "0123456789":
            if digit != good[place]:
                assert not npi_is_valid(good[:place] + digit + good[place + 1 :])
