"""Which words a word with one slip may have been meant for."""

import pytest

from people.slips import one_slip_away, two_in_one


def test_every_slip_of_a_short_word_is_written_out():
    assert one_slip_away("ryan") == (
        "_yan", "_ryan", "yran",
        "r_an", "r_yan", "rayn",
        "ry_n", "ry_an", "ryna",
        "rya_", "rya_n",
    )  # fmt: skip


def test_a_longer_word_may_also_have_a_letter_too_many():
    assert set(one_slip_away("adaam")) - set(one_slip_away("adam")) >= {"adam", "adaa", "aaam"}


@pytest.mark.parametrize("word", ["", "a", "li", "ada"])
def test_a_word_of_three_letters_has_too_many_neighbors(word):
    assert one_slip_away(word) == ()


def test_what_sql_reads_as_a_pattern_is_a_plain_letter():
    assert "_%ab".replace("%", r"\%") in one_slip_away("x%ab")
    assert r"\\ab_" in one_slip_away("\\abc")


def test_a_word_without_its_blank_is_every_pair_of_words():
    assert two_in_one("adaoka") == (("ad", "aoka"), ("ada", "oka"), ("adao", "ka"))
    assert two_in_one("ada") == ()
