"""The template words of the house."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template

from web.templatetags import pt

UTC = dt.UTC


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Decimal("0"), "$0.00"),
        (Decimal("1234.5"), "$1,234.50"),
        (Decimal("-20"), "-$20.00"),
        (Decimal("1000000.00"), "$1,000,000.00"),
        (None, "—"),
    ],
)
def test_money_is_written_the_american_way(amount, text):
    assert pt.money(amount) == text


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (dt.time(9, 5), "9:05 am"),
        (dt.time(0, 0), "12:00 am"),
        (dt.time(12, 30), "12:30 pm"),
        (dt.time(23, 59), "11:59 pm"),
        (None, ""),
    ],
)
def test_the_clock_is_written_with_am_and_pm(moment, text):
    assert pt.clock(moment) == text


def test_an_instant_is_read_on_the_clinics_own_clock_across_daylight_saving():
    portland = SimpleNamespace(zone=ZoneInfo("America/Los_Angeles"))
    winter = dt.datetime(2026, 3, 7, 17, 0, tzinfo=UTC)
    summer = dt.datetime(2026, 3, 9, 17, 0, tzinfo=UTC)

    assert [pt.clock(pt.clinic_time(at, portland)) for at in (winter, summer)] == [
        "9:00 am",
        "10:00 am",
    ]
    assert pt.clock(pt.clinic_time(winter, "America/New_York")) == "12:00 pm"
    assert pt.clinic_time(None, portland) is None


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("+15035550142", "(503) 555-0142"),
        ("5035550142", "(503) 555-0142"),
        ("", ""),
        ("ask Ada", "ask Ada"),
    ],
)
def test_a_telephone_number_is_grouped_and_anything_else_left_alone(number, text):
    assert pt.phone(number) == text


def test_an_icon_is_decoration_unless_it_has_a_label():
    plain = pt.icon("calendar")
    named = pt.icon("calendar", 'The "day"')

    assert 'aria-hidden="true"' in plain
    assert 'role="img" aria-label="The &quot;day&quot;"' in named
    assert "<path" in plain


@pytest.mark.parametrize("name", ["../../etc/passwd", "Calendar", "a b"])
def test_an_icon_name_cannot_leave_its_folder(name):
    with pytest.raises(ValueError, match="no icon name"):
        pt.icon(name)


def test_templates_know_these_words_without_loading_them():
    text = Template("{{ amount|money }} {{ number|phone }}").render(
        Context({"amount": Decimal("5"), "number": "+15035550142"})
    )

    assert text == "$5.00 (503) 555-0142"
