"""The kiosk: one yes, one no in the same words whatever the reason, and a count of the tries."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from people import merging
from people.models import AuditEvent, Role
from scheduling import booking, kiosks, locking
from scheduling.models import Appointment, DeskRules, Kiosk, KioskTry
from scheduling.views.kiosk import GUESSES
from tests.at_once import Meeting
from tests.factories import (
    AppointmentFactory,
    ClinicFactory,
    KioskFactory,
    PatientFactory,
    UserFactory,
    at,
)
from tests.scheduling.conftest import open_desk, therapist_at
from tests.scheduling.test_race import all_at_once

pytestmark = pytest.mark.django_db

Status = Appointment.Status
BORN = dt.date(1958, 3, 12)
WORDS = {"month": "3", "day": "12", "year": "1958", "last_name": "Okafor"}
YES, NO = "You are checked in. Please take a seat.", "Please see the front desk."


@pytest.fixture
def ada(desk):
    return PatientFactory(clinic=desk.clinic, last_name="Okafor", birth_date=BORN)


@pytest.fixture
def visit(desk, ada, monday_morning):
    """At eleven; it is half past ten."""
    return expected(desk, ada)


def expected(desk, patient, *, hour=11, **more):
    return AppointmentFactory(
        patient=patient, therapist=desk.therapist, type=desk.type, starts_at=at(hour), **more
    )


@pytest.fixture
def path(desk):
    return path_of(desk)


def path_of(desk, name="Entrance"):
    address = kiosks.make(clinic=desk.clinic, name=name, by=desk.user)
    return address.removeprefix("http://localhost:8000")


@pytest.fixture
def tablet():
    """A browser in which nobody is signed in, and which proves what the kiosk does not ask for."""
    return Client(enforce_csrf_checks=True)


def tell(tablet, path, **changes):
    return tablet.post(path, WORDS | changes)


def whole(answer):
    return answer.status_code, dict(answer.items()), answer.cookies.output(), answer.content


def status_of(row):
    row.refresh_from_db()
    return row.status


def clock_at(monkeypatch, hour, minute=0):
    moment = at(hour, minute).astimezone(dt.UTC)
    monkeypatch.setattr(timezone, "now", lambda: moment)


def test_birth_date_and_last_name_check_in_and_the_audit_says_where(tablet, visit, path):
    answer = tell(tablet, path)

    visit.refresh_from_db()
    assert (answer.status_code, YES in answer.content.decode()) == (200, True)
    assert (visit.status, visit.arrived_at) == ("arrived", at(10, 30))
    arrived = AuditEvent.objects.get(action="appointment.arrived")
    by_kiosk = AuditEvent.objects.get(action="appointment.checked_in_by_kiosk")
    assert (arrived.actor, arrived.target_id) == (None, visit.pk)
    assert (by_kiosk.actor, by_kiosk.patient, by_kiosk.target_id, by_kiosk.detail) == (
        None,
        visit.patient,
        Kiosk.objects.get().pk,
        {"appointment": visit.pk},
    )


def test_the_answer_says_nothing_of_the_patient_or_the_visit(tablet, visit, path):
    told = tell(tablet, path).content.decode()

    for secret in ("Okafor", "Ada", "1958", "Dana", "Follow-up", "11:00"):
        assert secret not in told


@pytest.mark.parametrize(
    ("stands", "typed"),
    [
        ("Okafor", "okafor"),
        ("Müller", "MULLER"),
        ("Núñez-Ibarra", "nunez ibarra"),
        ("de la Cruz", "Delacruz"),
        ("O’Brien", "O'Brien"),
        ("O'Brien", "obrien"),
        ("Ok", " ok "),
    ],
)
def test_names_fit_without_capitals_accents_and_hyphens(tablet, visit, path, stands, typed):
    visit.patient.last_name = stands
    visit.patient.save(update_fields=["last_name"])

    assert YES in tell(tablet, path, last_name=typed).content.decode()


def nobody_of_that_name(desk, visit):
    return {"last_name": "Okafo"}


def born_another_day(desk, visit):
    return {"day": "13"}


def not_today(desk, visit):
    Appointment.objects.update(
        starts_at=at(11, day=dt.date(2026, 3, 3)), ends_at=at(12, day=dt.date(2026, 3, 3))
    )


def too_early(desk, visit):
    DeskRules.objects.create(clinic=desk.clinic, kiosk_opens_minutes=29)


def too_late(desk, visit):
    Appointment.objects.update(starts_at=at(9), ends_at=at(9, 45))


def already_here(desk, visit):
    booking.check_in(visit, by=desk.user)


def in_treatment(desk, visit):
    booking.start_session(visit, by=desk.user)


def called_off(desk, visit):
    booking.cancel(visit, reason="Ill", by=desk.user)


def removed(desk, visit):
    visit.patient.removed_at = timezone.now()
    visit.patient.save(update_fields=["removed_at"])


def died(desk, visit):
    visit.patient.deceased_on = dt.date(2026, 2, 27)
    visit.patient.save(update_fields=["deceased_on"])


def at_another_clinic(desk, visit):
    elsewhere = ClinicFactory()
    Appointment.objects.update(clinic=elsewhere)


def twins(desk, visit):
    twin = PatientFactory(clinic=desk.clinic, last_name="Okafor", birth_date=BORN)
    expected(desk, twin, hour=14)


def two_visits_at_about_now(desk, visit):
    AppointmentFactory(
        patient=visit.patient,
        therapist=therapist_at(desk.clinic),
        type=desk.type,
        starts_at=at(10, 15),
    )


def tried_too_often(desk, visit):
    kiosk = Kiosk.objects.get()
    for _ in range(10):
        KioskTry.objects.create(kiosk=kiosk, worked=False, from_address="10.0.0.9")


REASONS = [
    nobody_of_that_name,
    born_another_day,
    not_today,
    too_early,
    too_late,
    already_here,
    in_treatment,
    called_off,
    removed,
    died,
    at_another_clinic,
    twins,
    two_visits_at_about_now,
    tried_too_often,
]


@pytest.mark.parametrize("reason", REASONS, ids=lambda reason: reason.__name__)
def test_every_refusal_is_the_same_answer_to_the_byte(tablet, desk, visit, path, reason):
    reference = whole(tell(tablet, path, last_name="Nobody"))
    changes = reason(desk, visit) or {}
    before = status_of(visit)

    answer = whole(tell(tablet, path, **changes))

    assert answer == reference
    assert NO in answer[3].decode()
    assert (answer[0], status_of(visit)) == (200, before)


@pytest.mark.parametrize(
    "reason", [one for one in REASONS if one is not tried_too_often], ids=lambda one: one.__name__
)
def test_every_refusal_does_the_same_work(tablet, desk, visit, path, reason):
    with CaptureQueriesContext(
        connection,
    ) as reference:
        tell(tablet, path, last_name="Nobody")
    changes = reason(desk, visit) or {}

    with CaptureQueriesContext(connection) as asked:
        tell(tablet, path, **changes)

    assert len(asked) == len(reference) > 5


def test_every_yes_is_the_same_answer_too(tablet, desk, visit, path):
    other = PatientFactory(clinic=desk.clinic, last_name="Adams", birth_date=BORN)
    AppointmentFactory(
        patient=other,
        therapist=therapist_at(desk.clinic),
        type=desk.type,
        starts_at=at(10),
        status="confirmed",
    )

    assert whole(tell(tablet, path)) == whole(tell(tablet, path, last_name="Adams"))


def test_of_two_visits_hours_apart_the_one_that_is_due_is_taken(tablet, desk, visit, path):
    later = expected(desk, visit.patient, hour=15)

    assert YES in tell(tablet, path).content.decode()
    assert (status_of(visit), status_of(later)) == ("arrived", "booked")


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [(9, 59, NO), (10, 0, YES), (11, 30, YES), (11, 31, NO)],
)
def test_an_hour_before_the_start_it_opens_and_half_an_hour_after_it_closes(
    tablet, visit, path, monkeypatch, hour, minute, said
):
    clock_at(monkeypatch, hour, minute)

    assert said in tell(tablet, path).content.decode()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"month": ""}, "Type month, day and year"),
        ({"month": "13"}, "Type month, day and year"),
        ({"month": "2", "day": "30"}, "Type month, day and year"),
        ({"year": "58"}, "Type month, day and year"),
        ({"day": "x"}, "Type month, day and year"),
        ({"day": "123"}, "Type month, day and year"),
        ({"year": "19588"}, "Type month, day and year"),
        ({"year": "9" * 20}, "Type month, day and year"),
        ({"last_name": "  "}, "Type your last name."),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field_and_is_no_try(
    tablet, visit, path, changes, told
):
    answer = tell(tablet, path, **changes)

    assert (answer.status_code, told in answer.content.decode()) == (422, True)
    assert (KioskTry.objects.count(), status_of(visit)) == (0, "booked")


@pytest.mark.parametrize("name", ["%", "_kafor", "' OR 1=1 --", "-", "İ" * 60])
def test_odd_names_are_plain_names_that_fit_nobody(tablet, visit, path, name):
    visit.patient.last_name = "."  # folds to nothing, as "-" does
    visit.patient.save(update_fields=["last_name"])

    assert NO in tell(tablet, path, last_name=name).content.decode()


def test_looking_changes_nothing_and_other_verbs_are_refused(tablet, visit, path):
    events = AuditEvent.objects.count()

    answers = [tablet.get(path, WORDS), tablet.head(path), tablet.put(path), tablet.delete(path)]

    assert [answer.status_code for answer in answers] == [200, 200, 405, 405]
    assert (status_of(visit), KioskTry.objects.count()) == ("booked", 0)
    assert AuditEvent.objects.count() == events


def test_no_answer_is_kept_or_found_or_tells_its_address_or_leaves_a_cookie(tablet, visit, path):
    for answer in (tablet.get(path), tell(tablet, path), tablet.get("/kiosk/guess/")):
        assert (answer["Referrer-Policy"], answer["X-Robots-Tag"], answer["Cache-Control"]) == (
            "no-referrer",
            "noindex, nofollow",
            "no-store, private",
        )
        assert answer.cookies == {}


def test_after_so_many_tries_the_kiosk_says_no_until_time_has_passed(
    tablet, desk, visit, path, monkeypatch
):
    DeskRules.objects.create(clinic=desk.clinic, kiosk_most_tries=3, kiosk_tries_minutes=10)
    for _ in range(3):
        tell(tablet, path, last_name="Nobody")

    clock_at(monkeypatch, 10, 39)
    refused = tell(tablet, path).content.decode()
    clock_at(monkeypatch, 10, 40)
    let_in = tell(tablet, path).content.decode()

    assert (NO in refused, YES in let_in) == (True, True)
    assert list(KioskTry.objects.order_by("pk").values_list("worked", flat=True)) == [
        False,
        False,
        False,
        True,
    ]


def test_one_who_walks_from_kiosk_to_kiosk_is_counted_by_address(tablet, desk, visit, path):
    DeskRules.objects.create(clinic=desk.clinic, kiosk_most_tries=2)
    other = path_of(desk, "Side door")
    for _ in range(2):
        tablet.post(other, WORDS | {"last_name": "Nobody"}, REMOTE_ADDR="10.0.0.7")

    same = tablet.post(path, WORDS, REMOTE_ADDR="10.0.0.7").content.decode()
    another = tablet.post(path, WORDS, REMOTE_ADDR="10.0.0.8").content.decode()

    assert (NO in same, YES in another) == (True, True)


def test_those_who_are_let_in_use_up_nobodys_tries(tablet, desk, visit, path):
    DeskRules.objects.create(clinic=desk.clinic, kiosk_most_tries=1)
    tell(tablet, path)
    booking.undo_check_in(visit, by=desk.user)

    assert YES in tell(tablet, path).content.decode()


def test_tries_are_forgotten_after_a_month_and_hold_nothing_that_was_typed(tablet, visit, path):
    kiosk = Kiosk.objects.get()
    for days in (29, 31):
        moment = timezone.now() - dt.timedelta(days=days)
        KioskTry.objects.create(kiosk=kiosk, at=moment, worked=False)

    tell(tablet, path)

    assert KioskTry.objects.count() == 2
    assert "Okafor" not in str(list(KioskTry.objects.values()))


def test_a_revoked_address_opens_nothing_at_once_and_revoking_twice_is_once(tablet, desk, path):
    kiosk = Kiosk.objects.get()
    opened = tablet.get(path).status_code

    revoked = [kiosks.revoke(kiosk, by=desk.user) for _ in range(2)]

    assert (opened, revoked) == (200, [True, False])
    assert [tablet.get(path).status_code, tell(tablet, path).status_code] == [404, 404]
    assert AuditEvent.objects.filter(action="kiosk.revoked").count() == 1


def test_a_tap_in_the_moment_of_revoking_checks_nobody_in(desk, visit, path):
    found = kiosks.find(path.split("/")[2])
    kiosks.revoke(found, by=desk.user)

    with pytest.raises(kiosks.NoSuchKiosk):
        kiosks.check_in(found, birth_date=BORN, last_name="Okafor")
    assert status_of(visit) == "booked"


def test_the_kiosk_of_a_clinic_that_has_closed_opens_nothing(tablet, desk, path):
    desk.clinic.is_active = False
    desk.clinic.save(update_fields=["is_active"])

    assert tablet.get(path).status_code == 404


def test_who_guesses_addresses_is_kept_waiting(tablet):
    answers = [tablet.get("/kiosk/guess/").status_code for _ in range(GUESSES + 1)]

    assert answers == [404] * GUESSES + [429]


def test_the_address_is_not_in_the_database(path):
    token = path.split("/")[2]

    assert len(token) >= 43
    assert token not in str(list(Kiosk.objects.values()) + list(AuditEvent.objects.values()))


def test_a_patient_of_a_record_that_was_merged_is_found_by_the_kept_one(tablet, desk, visit, path):
    kept = PatientFactory(clinic=desk.clinic, last_name="Okafor", birth_date=BORN)
    merging.merge(kept=kept, other=visit.patient, take=[], by=desk.user)

    assert YES in tell(tablet, path).content.decode()


# --- The desk's page ---------------------------------------------------------------------------


def test_the_desk_makes_a_kiosk_and_sees_its_address_once(at_desk, desk):
    page = reverse("scheduling:kiosks")
    assert "No kiosk yet" in at_desk.get(page).content.decode()

    made = at_desk.post(page, {"clinic": desk.clinic.pk, "name": "Entrance"}).content.decode()
    later = at_desk.get(page).content.decode()

    assert ("http://localhost:8000/kiosk/" in made, "/kiosk/" in later) == (True, False)
    assert ("Entrance" in later, "None lately" in later) == (True, True)


def test_a_second_kiosk_of_one_name_is_refused_beside_the_name_until_the_first_is_revoked(
    at_desk, desk, path
):
    page, asked = reverse("scheduling:kiosks"), {"clinic": desk.clinic.pk, "name": "Entrance"}

    refused = at_desk.post(page, asked)
    at_desk.post(reverse("scheduling:kiosk-revoke", args=[Kiosk.objects.get().pk]))
    made = at_desk.post(page, asked)

    assert "has a kiosk of that name" in refused.content.decode()
    assert (refused.status_code, made.status_code) == (422, 200)


def test_the_desk_revokes_by_post_alone_and_only_its_own_clinics(at_desk, desk, path):
    mine, theirs = Kiosk.objects.get(), KioskFactory()
    url = reverse("scheduling:kiosk-revoke", args=[mine.pk])

    looked = at_desk.get(url).status_code
    foreign = at_desk.post(reverse("scheduling:kiosk-revoke", args=[theirs.pk])).status_code
    at_desk.post(url)

    assert (looked, foreign) == (405, 404)
    assert list(Kiosk.objects.filter(revoked_at=None)) == [theirs]


def test_nobody_makes_a_kiosk_for_a_clinic_they_do_not_work_in(at_desk, desk):
    asked = {"clinic": ClinicFactory().pk, "name": "Entrance"}

    assert at_desk.post(reverse("scheduling:kiosks"), asked).status_code == 422
    assert Kiosk.objects.count() == 0


def test_therapists_and_billers_have_no_kiosks(client, desk):
    for role in (Role.THERAPIST, Role.BILLER):
        client.force_login(UserFactory(roles=[role], clinics=[desk.clinic]))
        assert client.get(reverse("scheduling:kiosks")).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_queries_for_any_number(
    at_desk, desk, count, django_assert_num_queries
):
    for _ in range(count):
        KioskFactory(clinic=desk.clinic, made_by=desk.user)
    at_desk.get(reverse("scheduling:kiosks"))

    with django_assert_num_queries(5):
        page = at_desk.get(reverse("scheduling:kiosks")).content.decode()

    assert page.count("/revoke/") == count


# --- At once -----------------------------------------------------------------------------------


def tap_at_eight_kiosks():
    """One patient, eight kiosks, one moment: how often each answer came."""
    desk = open_desk()
    patient = PatientFactory(clinic=desk.clinic, last_name="Okafor", birth_date=BORN)
    AppointmentFactory(
        patient=patient, therapist=desk.therapist, type=desk.type, starts_at=timezone.now()
    )
    tablets = [KioskFactory(clinic=desk.clinic, made_by=desk.user) for _ in range(8)]

    def tap(number):
        return kiosks.check_in(tablets[number], birth_date=BORN, last_name="Okafor")

    return all_at_once(tap)


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_tap_at_once_one_is_checked_in():
    assert tap_at_eight_kiosks() == {True: 1, False: 7}
    assert AuditEvent.objects.filter(action="appointment.checked_in_by_kiosk").count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_same_taps_check_in_more_than_once(monkeypatch):
    def rows_without_lock(model, pks, *related):
        return list(model.objects.select_related(*related).filter(pk__in=pks).order_by("pk"))

    monkeypatch.setattr(locking, "_rows", Meeting().after(rows_without_lock))

    assert tap_at_eight_kiosks()[True] > 1


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_guess_at_once_no_more_are_looked_at_than_the_clinic_allows():
    desk = open_desk()
    DeskRules.objects.create(clinic=desk.clinic, kiosk_most_tries=3)
    kiosk = KioskFactory(clinic=desk.clinic, made_by=desk.user)

    def guess(number):
        return kiosks.check_in(kiosk, birth_date=BORN, last_name=f"Nobody{number}")

    assert all_at_once(guess) == {False: 8}
    assert KioskTry.objects.count() == 3
