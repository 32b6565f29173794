"""When a patient is told, and in which words: decided from values alone."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from scheduling import telling
from scheduling.telling import Quiet, Told, Words

PORTLAND = ZoneInfo("America/Los_Angeles")
NIGHT = Quiet(dt.time(20), dt.time(8), PORTLAND)
NEVER = Quiet(dt.time(0), dt.time(0), PORTLAND)


def at(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=PORTLAND)


@pytest.mark.parametrize(
    ("wanted", "starts", "goes"),
    [
        # By day at its time; at the edges: quiet from 20:00 on, and no more at 8:00.
        ("2026-03-02 09:00", "2026-03-04 09:00", "2026-03-02 09:00"),
        ("2026-03-02 19:59", "2026-03-04 19:59", "2026-03-02 19:59"),
        ("2026-03-02 20:00", "2026-03-04 20:00", "2026-03-03 08:00"),
        ("2026-03-03 07:59", "2026-03-05 07:59", "2026-03-03 08:00"),
        ("2026-03-03 08:00", "2026-03-05 08:00", "2026-03-03 08:00"),
        # Three hours before nine is in the quiet; eight is still an hour before.
        ("2026-03-03 06:00", "2026-03-03 09:00", "2026-03-03 08:00"),
        # Eight would be too late for half past eight: before the quiet began.
        ("2026-03-03 05:30", "2026-03-03 08:30", "2026-03-02 19:50"),
        # The night the clocks go forward is an hour shorter; eight is eight.
        ("2026-03-07 23:00", "2026-03-09 09:00", "2026-03-08 08:00"),
    ],
)
def test_a_message_waits_out_the_quiet_or_goes_before_it(wanted, starts, goes):
    assert telling.send_at(at(wanted), starts_at=at(starts), quiet=NIGHT) == at(goes)


def test_a_quiet_within_one_day_is_quiet_then_and_equal_times_never():
    noon = Quiet(dt.time(12), dt.time(13), PORTLAND)
    starts = at("2026-03-04 09:00")

    assert telling.send_at(at("2026-03-02 12:30"), starts_at=starts, quiet=noon) == at(
        "2026-03-02 13:00"
    )
    for quiet in (noon, NEVER):
        midnight = at("2026-03-02 00:00")
        assert telling.send_at(midnight, starts_at=starts, quiet=quiet) == midnight


def test_news_in_the_night_waits_unless_that_is_too_late():
    ten = at("2026-03-02 22:00")

    def goes(starts):
        return telling.at_once(ten, starts_at=at(starts), quiet=NIGHT)

    assert goes("2026-03-03 10:00") == at("2026-03-03 08:00")
    assert goes("2026-03-03 08:30") == ten


STARTS = at("2026-03-04 14:00")


def due(now, *told, starts=STARTS, leads=(48, 3)):
    return telling.reminder_due(now=at(now), starts_at=starts, leads=leads, told=told, quiet=NIGHT)


def told(kind, made, hours=None, starts=STARTS):
    return Told(kind, hours, starts, at(made))


@pytest.mark.parametrize(
    ("now", "told", "hours"),
    [
        ("2026-03-02 13:59", [], None),
        ("2026-03-02 14:00", [], 48),
        ("2026-03-04 10:59", [("reminder", "2026-03-02 14:00", 48)], None),
        ("2026-03-04 11:00", [("reminder", "2026-03-02 14:00", 48)], 3),
        ("2026-03-04 12:00", [("reminder", "2026-03-04 11:00", 3)], None),
        # Both are overdue after a night without workers: one message, not two.
        ("2026-03-04 11:30", [], 3),
        # Booked after the 48 hours: the confirmation has just said so.
        ("2026-03-03 10:00", [("confirmation", "2026-03-03 09:55", None)], None),
        ("2026-03-04 14:00", [], None),
    ],
)
def test_a_reminder_is_due_once_by_its_hours(now, told, hours):
    made = [Told(kind, lead, STARTS, at(when)) for kind, when, lead in told]

    assert due(now, *made) == hours


def test_a_moved_appointment_is_reminded_of_anew():
    before = told("reminder", "2026-03-02 14:00", 48, starts=at("2026-03-04 09:00"))

    assert due("2026-03-02 14:30", before) == 48


def test_the_closest_words_are_chosen():
    general = Words(1, "reminder", "sms", None, None)
    short = Words(2, "reminder", "sms", None, 3)
    evaluation = Words(3, "reminder", "sms", 7, None)
    mail = Words(4, "reminder", "email", None, None)
    all_words = [general, short, evaluation, mail]

    def chosen(type_id, hours, channel="sms", kind="reminder"):
        return telling.best_words(
            all_words, kind=kind, channel=channel, type_id=type_id, hours=hours
        )

    assert chosen(1, 48) == general
    assert chosen(1, 3) == short
    assert chosen(7, 3) == evaluation
    assert chosen(7, 3, channel="email") == mail
    assert chosen(7, None, kind="moved") is None


def test_words_are_filled_and_other_braces_stay():
    facts = {"first_name": "Ada {clinic}", "clinic": "Riverbend"}

    assert telling.fill("{first_name}, {clinic}, {}, {day}", facts) == (
        "Ada {clinic}, Riverbend, {}, {day}"
    )


@pytest.mark.parametrize(
    ("text", "is_subject", "problem"),
    [
        ("{diagnosis}", False, "{diagnosis} stands for nothing. There are {first_name}, {day}, "
         "{time}, {clinic}, {clinic_phone}, {therapist}, {link}."),
        ("See you {day", False, "A brace { or } stands alone."),
        ("For {first_name}", True, "The subject of an e-mail is seen by others: it names nobody."),
        ("One\nTwo", True, "A subject has one line."),
        ("Your vestibular visit", False,
         "“Vestibular” says what the visit is for: messages do not."),
    ],
)  # fmt: skip
def test_words_that_would_not_do_are_refused(text, is_subject, problem):
    found = telling.problems_of_words(text, forbidden=["Vestibular"], is_subject=is_subject)

    assert found == [problem]


def test_good_words_have_no_problem_though_a_type_is_part_of_a_word():
    text = "{first_name}, {day}, {time}, {clinic}, {clinic_phone}, {therapist}, {link}: otters"

    assert telling.problems_of_words(text, forbidden=["OT"], is_subject=False) == []


def test_further_appointments_are_written_out_or_counted():
    assert telling.and_the_others([], most=3) == ""
    assert (
        telling.and_the_others(["Mon at 9", "Wed at 9"], most=3) == "And also: Mon at 9; Wed at 9."
    )
    assert telling.and_the_others(["Mon at 9"], most=0) == "And 1 more appointment."
    assert telling.and_the_others(["a", "b"], most=0) == "And 2 more appointments."
