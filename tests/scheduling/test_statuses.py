"""From booked to completed: which step follows which, and who may assign a status."""

import ast
import datetime as dt
from pathlib import Path

import pytest
from django.utils import timezone

from people.models import AuditEvent
from scheduling import booking
from scheduling.models import Appointment
from tests.factories import AppointmentFactory

ROOT = Path(__file__).resolve().parents[2]
EARLIER = timezone.now() - dt.timedelta(hours=2)
LATER = timezone.now() + dt.timedelta(days=3)

ACTS = {
    "confirmed": booking.confirm,
    "arrived": booking.check_in,
    "booked": booking.undo_check_in,
    "no_show": booking.no_show,
    "in_session": booking.start_session,
    "completed": booking.complete,
    "cancelled": lambda appointment, by: booking.cancel(appointment, reason="ill", by=by),
}
FOLLOWS = {
    "booked": {"confirmed", "arrived", "no_show", "cancelled", "in_session"},
    "confirmed": {"arrived", "no_show", "cancelled", "in_session"},
    "arrived": {"booked", "in_session", "cancelled"},
    "in_session": {"completed"},
    "completed": set(),
    "no_show": set(),
    "cancelled": set(),
}


def appointment_of(desk, status="booked", starts_at=EARLIER):
    return AppointmentFactory(
        patient=desk.patient,
        therapist=desk.therapist,
        type=desk.type,
        status=status,
        starts_at=starts_at,
    )


def stored(appointment):
    appointment = Appointment.objects.get(pk=appointment.pk)
    return (appointment.status, appointment.version)


@pytest.mark.parametrize("status", list(FOLLOWS))
@pytest.mark.parametrize("wanted", list(ACTS))
def test_a_status_is_reached_from_where_it_may_be_and_from_nowhere_else(desk, status, wanted):
    appointment = appointment_of(desk, status)
    act = ACTS[wanted]

    if wanted in FOLLOWS[status]:
        act(appointment, by=desk.user)
        assert stored(appointment)[0] == wanted
    elif wanted == status:
        act(appointment, by=desk.user)
        assert stored(appointment) == (status, 1)
        assert not AuditEvent.objects.exists()
    else:
        with pytest.raises(booking.WrongStatus):
            act(appointment, by=desk.user)
        assert stored(appointment) == (status, 1)
        assert not AuditEvent.objects.exists()


def test_a_check_in_keeps_the_time_and_its_undoing_forgets_it(desk):
    appointment = appointment_of(desk)

    arrived = booking.check_in(appointment, by=desk.user)
    assert arrived.arrived_at is not None
    assert timezone.now() - arrived.arrived_at < dt.timedelta(minutes=1)

    back = booking.undo_check_in(appointment, by=desk.user)
    assert (back.status, back.arrived_at, back.version) == ("booked", None, 3)


def test_nobody_arrives_before_the_day(desk):
    appointment = appointment_of(desk, starts_at=LATER)

    for act in (booking.check_in, booking.start_session):
        with pytest.raises(booking.NotBookable) as refusal:
            act(appointment, by=desk.user)
        assert refusal.value.problems["status"].endswith("not today.")
    assert stored(appointment) == ("booked", 1)


def test_nobody_is_a_no_show_before_the_appointment_began(desk):
    appointment = appointment_of(desk, starts_at=LATER)

    with pytest.raises(booking.NotBookable) as refusal:
        booking.no_show(appointment, by=desk.user)

    assert refusal.value.problems == {"status": "This appointment has not begun yet."}


def test_the_day_of_arrival_is_the_clinics_day(desk, monkeypatch):
    appointment = appointment_of(desk, starts_at=dt.datetime(2026, 3, 3, 16, tzinfo=dt.UTC))
    evening_before = dt.datetime(2026, 3, 3, 5, tzinfo=dt.UTC)  # 2 March, 9 pm in Portland
    monkeypatch.setattr("scheduling.fitness.timezone.now", lambda: evening_before)

    with pytest.raises(booking.NotBookable) as refusal:
        booking.check_in(appointment, by=desk.user)

    assert refusal.value.problems == {
        "status": "This appointment is on Tuesday, March 3, not today."
    }


def test_a_cancellation_keeps_its_reason_in_one_line(desk):
    appointment = booking.cancel(appointment_of(desk), reason="  ill,\n will call ", by=desk.user)

    assert (appointment.status, appointment.cancel_reason) == ("cancelled", "ill, will call")


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("", "Say why it is cancelled."),
        (" \n", "Say why it is cancelled."),
        ("x" * 121, "Keep it under 120 characters."),
    ],
)
def test_a_cancellation_without_a_usable_reason_is_refused(desk, reason, sentence):
    appointment = appointment_of(desk)

    with pytest.raises(booking.NotBookable) as refusal:
        booking.cancel(appointment, reason=reason, by=desk.user)

    assert refusal.value.problems == {"reason": sentence}
    assert stored(appointment) == ("booked", 1)


def test_a_session_begun_without_check_in_arrives_on_the_way(desk):
    appointment = booking.start_session(appointment_of(desk, "confirmed"), by=desk.user)

    assert (appointment.status, appointment.version) == ("in_session", 3)
    assert appointment.arrived_at is not None
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == [
        "appointment.arrived",
        "appointment.in_session",
    ]


def test_what_is_refused_is_said_in_a_sentence(desk):
    appointment = appointment_of(desk, "cancelled")

    with pytest.raises(booking.WrongStatus) as refusal:
        booking.check_in(appointment, by=desk.user)

    assert refusal.value.sentence == "This appointment is cancelled; it cannot be checked in."


def writers_of_status(folder):
    """Functions in which an attribute `status` is assigned, or `status=` is handed to update()."""
    found = set()
    for path in (ROOT / folder).rglob("*.py"):
        if "migrations" in path.parts:
            continue
        for function in ast.walk(ast.parse(path.read_text())):
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                targets = node.targets if isinstance(node, ast.Assign) else []
                assigns = any(
                    isinstance(target, ast.Attribute) and target.attr == "status"
                    for target in targets
                )
                updates = (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr == "update"
                    and any(keyword.arg == "status" for keyword in node.keywords)
                )
                if assigns or updates:
                    found.add(f"{path.name}:{function.name}")
    return found


def test_one_function_of_scheduling_assigns_a_status_to_appointments_and_one_to_offers():
    assert writers_of_status("scheduling") == {"booking.py:move_to", "wait_offers.py:close"}
