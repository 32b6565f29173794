"""Visits booked before reservations existed are reserved once, as booking would have chosen."""

import datetime as dt
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from scheduling.models import Appointment
from tests.factories import AppointmentFactory, AuthorizationFactory, CoverageFactory, at

pytestmark = pytest.mark.django_db
MIGRATION = "scheduling.migrations.0006_reserve_visits_on_authorizations"


class Editor:
    connection = connection


def reserve():
    import_module(MIGRATION).reserve(apps, Editor())
    return dict(Appointment.objects.values_list("pk", "authorization"))


def visit(card, day, **fields):
    fields = {"patient": card.patient, "starts_at": at(9, day=day)} | fields
    return AppointmentFactory(**fields).pk


def test_visits_are_reserved_in_their_order_as_far_as_the_approved_reach():
    card = CoverageFactory()
    march = [dt.date(2026, 3, number) for number in (2, 3, 4, 5)]
    sooner = AuthorizationFactory(coverage=card, visits_approved=1, ends_on=march[1]).pk
    later = AuthorizationFactory(coverage=card, visits_approved=2).pk
    days = [visit(card, day) for day in march]
    cancelled = visit(card, dt.date(2026, 3, 6), status="cancelled")
    outside = visit(card, dt.date(2027, 3, 6))

    expected = {
        days[0]: sooner,
        days[1]: later,
        days[2]: later,
        days[3]: None,
        cancelled: None,
        outside: None,
    }
    assert reserve() == expected
    Appointment.objects.filter(pk=days[0]).update(authorization=later)
    assert reserve()[days[0]] == later, "one that has an authorization is left alone"


def test_the_primary_card_comes_first_and_one_that_has_ended_not_at_all():
    second = CoverageFactory(priority=2)
    first = CoverageFactory(patient=second.patient, ends_on=dt.date(2026, 3, 2))
    of_second = AuthorizationFactory(coverage=second).pk
    of_first = AuthorizationFactory(coverage=first).pk
    monday, tuesday = (visit(first, dt.date(2026, 3, number)) for number in (2, 3))

    assert reserve() == {monday: of_first, tuesday: of_second}
