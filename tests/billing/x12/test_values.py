"""What becomes of names, money, days and identifiers on their way into an element."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from billing.x12.codes import Sex
from billing.x12.patterns import MEDICARE_ID as MBI
from billing.x12.patterns import has_form, is_post_office_box, npi_is_valid
from billing.x12.values import (
    Choice,
    Count,
    Day,
    Digits,
    Email,
    Flag,
    Identifier,
    Money,
    Npi,
    Phone,
    Refused,
    Text,
    Value,
    plain_text,
)

RESERVED = "*:^~"


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("José", "JOSE"),
        ("Łukasz", "LUKASZ"),
        ("Strauß", "STRAUSS"),
        ("STRAUẞ", "STRAUSS"),
        ("Øyvind Ærø", "OYVIND AERO"),
        ("Đặng Thị Ngọc", "DANG THI NGOC"),
        ("İpek Ağaoğlu Yıldız", "IPEK AGAOGLU YILDIZ"),
        ("Þórður", "THORDUR"),
        ("O’Brien–Smith", "O'BRIEN-SMITH"),
        ("Kaʻiulani", "KA'IULANI"),
        ("Anna-Marie  d'Arc", "ANNA-MARIE D'ARC"),
        ("“Bud” Lee…", '"BUD" LEE...'),
        ("Anna 🎈👩🏽‍⚕️ Rivers", "ANNA RIVERS"),
        ("100 Main St #4", "100 MAIN ST 4"),
        ("ＦＵＬＬ　ｗｉｄｔｈ", "FULL WIDTH"),
        ("½ inch, 10 m²", "1/2 INCH, 10 M2"),
        ("knee ≥ 90°, 50% <5 s", "KNEE GE 90 DEG , 50 PCT LT 5 S"),
        ("line one\r\n\tline two\u00a0end", "LINE ONE LINE TWO END"),
        ("e\u0301\u200d", "E"),
        ("🎈", ""),
        ("", ""),
    ],
)
def test_text_becomes_plain_capitals_without_losing_a_letter(written, sent):
    assert plain_text(written) == sent


@pytest.mark.parametrize("written", ["李 Smith", "Иван", "Αλέξης", "محمد", "Anna ٣", "नेहा"])
def test_a_letter_without_a_latin_form_is_refused_rather_than_dropped(written):
    with pytest.raises(Refused) as refusal:
        plain_text(written)

    assert written not in str(refusal.value)


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (Text("a*b:c~d^e", 20), "A B C D E"),
        (Text("Anna Marie", 6, cut=True), "ANNA M"),
        (Text("Anna  Marie", 5, cut=True), "ANNA"),
        (Text("", 5, required=False), ""),
        (Text(" 🎈 ", 5, required=False, meant=False), ""),
        (Identifier(" w123-45 ", 20), "W123-45"),
        (Identifier("", 20, required=False), ""),
        (Digits("93-1112223", (9,), "nine digits"), "931112223"),
        (Digits("97401 3020", (5, 9), "a ZIP code"), "974013020"),
        (Digits("", (5, 9), "a ZIP code", required=False), ""),
        (Phone("+1 (503) 555-0142"), "5035550142"),
        (Phone("503.555.0142"), "5035550142"),
        (Email("Desk@Example.org"), "DESK@EXAMPLE.ORG"),
        (Npi(" 1300000019 "), "1300000019"),
        (Npi("", required=False), ""),
        (Money(Decimal("240.00")), "240"),
        (Money(Decimal("240.50")), "240.5"),
        (Money(Decimal("69.05")), "69.05"),
        (Money(Decimal("0.5")), ".5"),
        (Money(Decimal("0")), "0"),
        (Money(Decimal("1E+3")), "1000"),
        (Money(Decimal("-20.10"), signed=True), "-20.1"),
        (Money(Decimal("-0.00")), "0"),
        (Money(Decimal("99999999.99")), "99999999.99"),
        (Money(None, required=False), ""),
        (Count(7, 999_999_999, width=9), "000000007"),
        (Count(0, 10, least=0), "0"),
        (Count(None, 10, required=False), ""),
        (Day(date(2026, 3, 2)), "20260302"),
        (Choice("F", Sex), "F"),
        (Choice(Sex.MALE, Sex), "M"),
        (Choice(None, Sex, required=False), ""),
        (Flag(True), "Y"),
        (Flag(False), "N"),
    ],
)
def test_a_good_value_is_sent_as(value: Value, sent):
    assert value.render(RESERVED) == sent


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (Text("", 5), "is required and has nothing that can be sent"),
        (Text("🎈", 5), "is required and has nothing that can be sent"),
        (Text("-.-", 5), "is required and has nothing that can be sent"),
        (Text("🎈", 5, required=False), "has nothing that can be sent"),
        (Text("Eugene", 5), "has 6 characters; at most 5 fit"),
        (Text("Ab", 5, least=3), "has 2 characters; at least 3 are needed"),
        (Text(5, 5), "is not text"),
        (Identifier(None, 5), "is not text"),
        (Identifier("", 5), "is required and empty"),
        (Identifier("123456", 5), "has 6 characters; at most 5 fit"),
        (Identifier("12_34", 5), "has a character that X12 does not carry"),
        (Identifier("ÉA1", 5), "has a character that X12 does not carry"),
        (Identifier("A*1", 5), "has one of the file's delimiters in it"),
        (Identifier("c1", 5, own=True), "has a character that X12 does not carry"),
        (Identifier("C1 ", 5, own=True), "has a character that X12 does not carry"),
        (Identifier("9", 2, pattern="[0-9]{2}", shape="two digits"), "is not two digits"),
        (Identifier("٣٣", 2, pattern="[0-9]{2}"), "has a character that X12 does not carry"),
        (Digits("93-111222", (9,), "a tax number"), "is not a tax number"),
        (Digits("93111222X", (9,), "a tax number"), "is not a tax number"),
        (Digits("", (9,), "a tax number"), "is not a tax number"),
        (Phone("555-0142"), "is not a ten-digit telephone number"),
        (Phone("1555550142"), "is not a ten-digit telephone number"),
        (Email("desk"), "is not an e-mail address that X12 can carry"),
        (Email("dé@example.org"), "is not an e-mail address that X12 can carry"),
        (Email("a:b@example.org"), "has one of the file's delimiters in it"),
        (Npi("1300000018"), "is not a National Provider Identifier: ten digits with a check digit"),
        (Npi(""), "is not a National Provider Identifier: ten digits with a check digit"),
        (Money(None), "is required and absent"),
        (Money(1.5), "is not a Decimal"),
        (Money(Decimal("1.005")), "has a part smaller than a cent"),
        (Money(Decimal("100000000")), "is larger than 99,999,999.99"),
        (Money(Decimal("NaN")), "is larger than 99,999,999.99"),
        (Money(Decimal("Infinity")), "is larger than 99,999,999.99"),
        (Money(Decimal("1E+40")), "is larger than 99,999,999.99"),
        (Money(Decimal("-1")), "is negative"),
        (Count(0, 10), "is not between 1 and 10"),
        (Count(11, 10), "is not between 1 and 10"),
        (Count(1.0, 10), "is not a whole number"),
        (Count(True, 10), "is not a whole number"),
        (Day(None), "is required and is not a date"),
        (Day(datetime(2026, 3, 2, tzinfo=UTC)), "is required and is not a date"),
        (Day(date(1799, 12, 31)), "lies before 1800"),
        (Choice("X", Sex), "is not one of F, M, U"),
        (Choice(None, Sex), "is not one of F, M, U"),
        (Flag("Y"), "is neither yes nor no"),
    ],
)
def test_a_bad_value_is_refused_because_it(value: Value, reason):
    with pytest.raises(Refused) as refusal:
        value.render(RESERVED)

    assert str(refusal.value) == reason


def test_one_wrong_digit_anywhere_makes_an_npi_invalid():
    good = "1300000019"
    changed = [
        good[:place] + digit + good[place + 1 :]
        for place in range(10)
        for digit in "0123456789"
        if digit != good[place]
    ]

    assert npi_is_valid(good)
    assert [npi for npi in changed if npi_is_valid(npi)] == []


@pytest.mark.parametrize("npi", ["", "130000001", "13000000190", "3300000015", "１３00000019"])
def test_an_npi_has_ten_ascii_digits_and_starts_with_1_or_2(npi):
    assert not npi_is_valid(npi)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("PO Box 12", True),
        ("P.O. Box 12", True),
        ("P. O. BOX 12", True),
        ("Post Office Box 4", True),
        ("Box 9", True),
        ("Suite 3, PO Box 12", True),
        ("12 Boxwood Road", False),
        ("9 Polo Box Canyon Road", False),
        ("1 Oboe Box Hill", False),
        ("", False),
    ],
)
def test_a_post_office_box_is_told_from_a_street(line, expected):
    assert is_post_office_box(line) is expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("1EG4TE5MK73", True),
        ("0EG4TE5MK73", False),  # never starts with 0
        ("1SG4TE5MK73", False),  # S is never used
        ("1EG4TE5MK7", False),
        ("1EGATE5MK73", False),
    ],
)
def test_a_medicare_number_has_its_published_form(number, expected):
    assert has_form(MBI, number) is expected
