"""What patients are told: each thing once, while it is true, and nothing of why they come."""

import datetime as dt
import threading

import pytest
from django.core import mail
from django.utils import timezone

from people import outbox, stops
from people.models import Message, PatientLink
from scheduling import booking, reminders
from scheduling.models import Appointment, AppointmentMessage, MessageTemplate, ReminderRules
from scheduling.tasks import send_due_reminders
from tests.at_once import PATIENCE, all_at_once
from tests.factories import AppointmentTypeFactory, PatientFactory, at
from tests.scheduling.conftest import open_desk

pytestmark = pytest.mark.django_db
Status = Message.Status
WEDNESDAY = dt.date(2026, 3, 4)
DAY_BEFORE = dt.date(2026, 3, 1)


@pytest.fixture
def clock(monkeypatch):
    """`clock(moment)` sets the time, of new rows too; Sunday noon to begin with."""
    for model, name in (
        (Appointment, "booked_at"),
        (Message, "created_at"),
        (Message, "not_before"),
        (PatientLink, "made_at"),
    ):
        # A field keeps the function it was given as its default.
        field = model._meta.get_field(name)
        monkeypatch.setitem(field.__dict__, "_get_default", lambda: timezone.now())  # noqa: PLW0108

    def set_to(moment):
        moment = moment.astimezone(dt.UTC)
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_to(at(12, day=DAY_BEFORE))
    return set_to


@pytest.fixture
def patient(desk):
    return PatientFactory(
        clinic=desk.clinic,
        contact_by="email",
        email="ada@mail.example",
        mobile_phone="+15035551234",
    )


@pytest.fixture
def booked(clock, desk, patient):
    """For Wednesday at two, told of it on Sunday."""
    row = desk.book(patient=patient, starts_at=at(14, day=WEDNESDAY), anyway=True)
    sweep()
    return row


def sweep():
    """Queue what is due and send what waits; the kinds that went out, in order."""
    before = set(Message.objects.values_list("pk", flat=True))
    reminders.queue_due()
    for message in Message.objects.due().order_by("pk"):
        outbox.send(message.pk)
    new = Message.objects.exclude(pk__in=before).order_by("pk")
    return [message.kind for message in new]


def states():
    return [
        (row.kind.removeprefix("appointment."), row.status)
        for row in Message.objects.order_by("pk")
    ]


def test_a_booking_is_confirmed_once_in_the_clinics_words_and_wall_clock(booked):
    assert [sweep(), sweep()] == [[], []]

    [sent] = mail.outbox
    link = PatientLink.objects.get()
    assert (sent.subject, sent.to) == ("Your appointment is booked", ["ada@mail.example"])
    assert "Hello Ada,\n\nyou are booked for Wednesday, March 4 at 2:00 pm with Dana, PT." in (
        sent.body
    )
    assert f"http://localhost:8000/a/{link.pk}." in sent.body
    assert (link.target_id, link.purpose) == (booked.pk, "appointment")


def test_reminders_come_at_their_hours_once_each_with_the_same_link(booked, clock):
    seen = []
    for moment in (
        at(13, 59, day=dt.date(2026, 3, 2)),
        at(14, 0, day=dt.date(2026, 3, 2)),
        at(14, 5, day=dt.date(2026, 3, 2)),
        at(10, 59, day=WEDNESDAY),
        at(11, 0, day=WEDNESDAY),
        at(11, 5, day=WEDNESDAY),
        at(14, 0, day=WEDNESDAY),
    ):
        clock(moment)
        seen.append(sweep())

    reminder = ["appointment.reminder"]
    assert seen == [[], reminder, [], [], reminder, [], []]
    assert PatientLink.objects.count() == 1
    assert mail.outbox[1].subject == "Your appointment on Wednesday, March 4"


def test_a_text_message_says_how_to_stop_and_fits_three_parts(clock, desk, patient):
    patient.contact_by = "sms"
    patient.save()
    desk.book(patient=patient, starts_at=at(14, day=WEDNESDAY), anyway=True)

    sweep()

    message = Message.objects.get()
    assert message.body.startswith(
        "Riverbend: Ada, you are booked for Wednesday, March 4 at 2:00 pm with Dana, PT. "
        "Details: http://localhost:8000/a/"
    )
    assert message.body.endswith(" Reply STOP to stop these texts.")
    assert len(message.body) <= 480


def test_no_message_names_the_type_the_remark_or_the_family_name(clock, desk, patient):
    patient.contact_by = "sms"
    patient.save()
    vestibular = AppointmentTypeFactory(name="Vestibular")
    row = desk.book(
        patient=patient,
        appointment_type=vestibular,
        remark="dizzy after stroke",
        starts_at=at(14, day=WEDNESDAY),
        anyway=True,
    )
    sweep()
    clock(at(14, day=dt.date(2026, 3, 2)))
    sweep()
    booking.move(appointment=row, version=row.version, starts_at=at(16, day=WEDNESDAY),
                 by=desk.user, anyway=True)  # fmt: skip
    sweep()
    row.refresh_from_db()
    booking.cancel(row, reason="stroke unit", by=desk.user)
    sweep()

    words = " ".join(f"{row.subject} {row.body}" for row in Message.objects.all())
    assert [state[0] for state in states()] == ["confirmation", "reminder", "moved", "cancelled"]
    for secret in ("estibular", "dizzy", "stroke", "Okafor", "Reyes"):
        assert secret not in words


def test_a_moved_appointment_is_told_and_reminded_of_at_its_new_time(booked, clock, desk):
    clock(at(14, day=dt.date(2026, 3, 2)))
    sweep()
    thursday = at(9, day=dt.date(2026, 3, 5))
    booking.move(appointment=booked, version=1, starts_at=thursday, by=desk.user, anyway=True)
    told = [sweep(), sweep()]
    clock(at(9, day=dt.date(2026, 3, 3)))
    told.append(sweep())

    assert told == [["appointment.moved"], [], ["appointment.reminder"]]
    assert "now on Thursday, March 5 at 9:00 am" in mail.outbox[2].body


def test_a_move_to_and_fro_is_told_each_time(booked, desk):
    told = []
    for version, hour in ((1, 16), (2, 14), (3, 16)):
        booking.move(
            appointment=booked,
            version=version,
            starts_at=at(hour, day=WEDNESDAY),
            by=desk.user,
            anyway=True,
        )
        told.append(sweep())

    assert told == [["appointment.moved"]] * 3


def to(hour, booked, desk):
    booked.refresh_from_db()
    moment = at(hour, day=WEDNESDAY)
    booking.move(
        appointment=booked, version=booked.version, starts_at=moment, by=desk.user, anyway=True
    )


def test_news_in_the_night_waits_and_is_withheld_when_it_stops_being_true(booked, clock, desk):
    clock(at(21, day=dt.date(2026, 3, 2)))
    to(16, booked, desk)
    at_night = (sweep(), states()[-1])

    booking.cancel(booked, reason="Ill", by=desk.user)
    clock(at(8, day=dt.date(2026, 3, 3)))
    outbox.send(Message.objects.latest("pk").pk)  # faster than the next sweep

    message = Message.objects.latest("pk")
    assert at_night == (["appointment.moved"], ("moved", Status.WAITING))
    assert message.not_before == at(8, day=dt.date(2026, 3, 3))
    assert (message.status, message.problem) == (Status.WITHHELD, reminders.OVER)
    assert sweep() == ["appointment.cancelled"]


def test_the_sweep_withholds_too_and_what_is_true_again_waits_again(clock, desk, patient):
    clock(at(21, day=DAY_BEFORE))
    booked = desk.book(patient=patient, starts_at=at(14, day=WEDNESDAY), anyway=True)
    seen = []
    for hour in (14, 16, 14):
        to(hour, booked, desk)
        reminders.queue_due()
        seen.append(states())

    waiting, withheld = ("confirmation", Status.WAITING), ("confirmation", Status.WITHHELD)
    assert seen == [[waiting], [withheld, waiting], [waiting, withheld]]


def test_cancelling_is_told_once_and_only_to_who_was_told_of_the_appointment(
    booked, clock, desk, patient
):
    other = PatientFactory(clinic=desk.clinic, contact_by="email", email="b@mail.example")
    untold = desk.book(patient=other, starts_at=at(15, day=WEDNESDAY), anyway=True)
    for row in (booked, untold):
        booking.cancel(row, reason="Ill", by=desk.user)

    assert [sweep(), sweep()] == [["appointment.cancelled"], []]
    assert mail.outbox[-1].to == ["ada@mail.example"]


def test_an_appointment_put_back_after_its_cancelling_was_told_is_told_again(booked, desk):
    booking.cancel(booked, reason="Ill", by=desk.user)
    sweep()
    booking.restore(booked, by=desk.user, anyway=True)

    assert sweep() == ["appointment.moved"]
    booking.cancel(booked, reason="Ill", by=desk.user)
    assert sweep() == ["appointment.cancelled"]


def test_twelve_bookings_at_once_are_one_message(clock, desk, patient):
    for week in range(1, 4):
        day = dt.date(2026, 3, 2) + dt.timedelta(weeks=week)
        desk.book(patient=patient, starts_at=at(9, day=day), anyway=True)

    assert [sweep(), sweep()] == [["appointment.confirmation"], []]
    assert "And also: Monday, March 16 at 9:00 am; Monday, March 23 at 9:00 am." in (
        mail.outbox[0].body
    )
    assert AppointmentMessage.objects.count() == 3


@pytest.mark.parametrize("contact_by", ["phone", "none"])
def test_who_wants_calls_or_nothing_gets_no_message(clock, desk, patient, contact_by):
    patient.contact_by = contact_by
    patient.save()
    desk.book(patient=patient, starts_at=at(14, day=WEDNESDAY), anyway=True)

    assert sweep() == []


def test_who_stopped_has_a_row_that_says_so_once(clock, desk, patient):
    stops.stop(patient=patient, channel="email", how="link", by=None)
    desk.book(patient=patient, starts_at=at(14, day=WEDNESDAY), anyway=True)

    assert [sweep(), sweep()] == [["appointment.confirmation"], []]
    assert states() == [("confirmation", Status.WITHHELD)]


def test_a_clinic_that_does_not_write_writes_nothing(clock, desk, patient):
    ReminderRules.objects.create(clinic=desk.clinic, is_on=False)
    desk.book(patient=patient, starts_at=at(14, day=WEDNESDAY), anyway=True)

    assert sweep() == []


def test_a_no_show_is_written_to_where_the_owner_wants_it(booked, clock, desk):
    clock(at(15, day=WEDNESDAY))
    booking.no_show(booked, by=desk.user)
    silent = sweep()
    MessageTemplate.objects.filter(kind="missed").update(is_active=True)

    assert [silent, sweep(), sweep()] == [[], ["appointment.missed"], []]
    assert mail.outbox[-1].subject == "We missed you"


@pytest.mark.parametrize("count", [1, 3])
def test_a_sweep_with_nothing_to_tell_costs_the_same_queries_for_any_number(
    clock, desk, patient, django_assert_num_queries, count
):
    for number in range(count):
        other = PatientFactory(clinic=desk.clinic, contact_by="email", email="b@mail.example")
        desk.book(patient=other, starts_at=at(9 + number, day=WEDNESDAY), anyway=True)
    sweep()

    with django_assert_num_queries(10):
        reminders.queue_due()


def words_and_one_booking():
    MessageTemplate.objects.get_or_create(
        kind="confirmation",
        channel="email",
        type=None,
        hours_before=None,
        defaults={"subject": "Booked", "body": "{day} {link}"},
    )
    desk = open_desk()
    patient = PatientFactory(clinic=desk.clinic, contact_by="email", email="ada@mail.example")
    desk.book(patient=patient, starts_at=timezone.now() + dt.timedelta(days=40), anyway=True)


def two_sweeps_at_once():
    all_at_once([lambda: send_due_reminders.apply(throw=True)] * 2)


@pytest.fixture
def both_have_looked(monkeypatch):
    """Both sweeps have found the booking before either tells of it."""
    barrier = threading.Barrier(2, timeout=PATIENCE)
    find = reminders._Sweep._booked

    class Found:
        def __init__(self, rows):
            self.rows = rows

        def order_by(self, *names):
            return self.rows

    def once(sweep):
        rows = list(find(sweep))
        barrier.wait()
        return Found(rows)

    monkeypatch.setattr(reminders._Sweep, "_booked", once)


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_queue_one_message(both_have_looked):
    words_and_one_booking()

    two_sweeps_at_once()

    assert Message.objects.count() == 1
    assert (AppointmentMessage.objects.count(), PatientLink.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_without_a_key_of_its_own_the_same_two_sweeps_queue_two(both_have_looked, monkeypatch):
    numbers = iter(range(10))
    monkeypatch.setattr(reminders, "key_of", lambda *a: f"keyless:{next(numbers)}")
    words_and_one_booking()

    two_sweeps_at_once()

    assert Message.objects.count() == 2
