"""Made-up rows of `scheduling`: appointments, and what they need."""

import datetime as dt
from decimal import Decimal
from hashlib import sha256

import factory

from scheduling.models import (
    Appointment,
    AppointmentType,
    DeskPayment,
    Equipment,
    EquipmentKind,
    Group,
    Kiosk,
    Room,
    Series,
    WeeklyHours,
)
from tests.factories.base import MONDAY, Rows, at
from tests.factories.people import (
    ClinicFactory,
    PatientFactory,
    TherapistFactory,
    UserFactory,
)


class AppointmentTypeFactory(Rows):
    class Meta:
        model = AppointmentType

    name = factory.Sequence(lambda n: f"Follow-up {n}")
    minutes = 45


class RoomFactory(Rows):
    class Meta:
        model = Room

    clinic = factory.SubFactory(ClinicFactory)
    name = factory.Sequence(lambda n: f"Bay {n}")


class EquipmentKindFactory(Rows):
    class Meta:
        model = EquipmentKind

    name = factory.Sequence(lambda n: f"Treadmill, kind {n}")


class EquipmentFactory(Rows):
    class Meta:
        model = Equipment

    clinic = factory.SubFactory(ClinicFactory)
    kind = factory.SubFactory(EquipmentKindFactory)
    name = factory.Sequence(lambda n: f"Treadmill {n}")


class GroupFactory(Rows):
    class Meta:
        model = Group

    therapist = factory.SubFactory(TherapistFactory)
    clinic = factory.SubFactory(ClinicFactory)
    type = factory.SubFactory(AppointmentTypeFactory, capacity=6)
    capacity = factory.LazyAttribute(lambda o: o.type.capacity)
    starts_at = at(9)
    ends_at = factory.LazyAttribute(lambda o: o.starts_at + dt.timedelta(minutes=o.type.minutes))


class WeeklyHoursFactory(Rows):
    class Meta:
        model = WeeklyHours

    therapist = factory.SubFactory(TherapistFactory)
    clinic = factory.SubFactory(ClinicFactory)
    weekday = 0
    starts_at = dt.time(8)
    ends_at = dt.time(17)


class SeriesFactory(Rows):
    class Meta:
        model = Series

    patient = factory.SubFactory(PatientFactory)
    clinic = factory.SelfAttribute("patient.clinic")
    type = factory.SubFactory(AppointmentTypeFactory)
    rule = factory.LazyFunction(dict)
    visits = 1


class AppointmentFactory(Rows):
    class Meta:
        model = Appointment

    patient = factory.SubFactory(PatientFactory)
    therapist = factory.SubFactory(TherapistFactory)
    clinic = factory.SelfAttribute("patient.clinic")
    type = factory.SubFactory(AppointmentTypeFactory)
    starts_at = at(9)
    ends_at = factory.LazyAttribute(lambda o: o.starts_at + dt.timedelta(minutes=o.type.minutes))


class DeskPaymentFactory(Rows):
    class Meta:
        model = DeskPayment

    receipt_number = factory.Sequence(lambda n: 900_000 + n)
    appointment = factory.SubFactory(AppointmentFactory)
    patient = factory.SelfAttribute("appointment.patient")
    clinic = factory.SelfAttribute("appointment.clinic")
    kind = "copay"
    amount = Decimal("30.00")
    method = "card"
    taken_on = MONDAY
    taken_by = factory.SubFactory(UserFactory)


class KioskFactory(Rows):
    class Meta:
        model = Kiosk

    clinic = factory.SubFactory(ClinicFactory)
    name = factory.Sequence("Kiosk {}".format)
    token_sha256 = factory.Sequence(lambda number: sha256(b"%d" % number).hexdigest())
    made_by = factory.SubFactory(UserFactory)
