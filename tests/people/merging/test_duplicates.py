"""Who may be one person: found, told apart, and offered only to whom may see both."""

import datetime as dt

import pytest
from django.urls import reverse

from people import duplicates
from people.models import MergeRecord, NotSamePerson
from tests.factories import ClinicFactory, PatientFactory, UserFactory

pytestmark = pytest.mark.django_db


def names_of(pairs):
    return [(pair.first.mrn, pair.second.mrn) for pair in pairs]


def test_who_may_be_registered_twice_is_found_by_name_birth_date_and_telephone(owner):
    clinic = ClinicFactory()
    day = dt.date(1958, 3, 12)

    def register(mrn, last, first, born=day, **values):
        return PatientFactory(
            mrn=mrn, clinic=clinic, last_name=last, first_name=first, birth_date=born, **values
        )

    register("A1", "Okafor", "Ada")
    register("A2", "Okafro", "Ada")
    register("B1", "Núñez", "José", dt.date(1970, 1, 5), mobile_phone="+15035550142")
    register("B2", "Nunez", "Jose", dt.date(1970, 5, 1), home_phone="+15035550142")
    register("C1", "Lund", "Eva", dt.date(1990, 6, 7))
    register("C2", "Lund", "Ivar", dt.date(1990, 6, 7))
    register("D1", "Quinn", "Zoe", dt.date(1991, 6, 7))

    found = duplicates.pairs(by=owner)

    assert names_of(found) == [("B1", "B2"), ("A1", "A2")]
    assert found[1].likeness.reasons == ("nearly the same name", "same birth date")


def test_whom_the_desk_has_told_apart_is_not_offered_again(owner):
    clinic = ClinicFactory()
    one, other = PatientFactory(clinic=clinic), PatientFactory(clinic=clinic)
    assert len(duplicates.pairs(by=owner)) == 1

    duplicates.tell_apart(other, one, by=owner)
    duplicates.tell_apart(one, other, by=owner)

    assert duplicates.pairs(by=owner) == []
    assert NotSamePerson.objects.count() == 1


def test_the_desk_sees_and_merges_only_records_of_its_clinics(client):
    here = ClinicFactory()
    desk = UserFactory(clinics=[here])
    mine, theirs = PatientFactory(clinic=here), PatientFactory()
    client.force_login(desk)

    assert duplicates.pairs(by=desk) == []
    answer = client.post(reverse("people:merge", args=[mine.pk, theirs.pk]), {})

    assert answer.status_code == 404
    assert not MergeRecord.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_duplicates_costs_the_same_queries_for_any_number(
    client, owner, count, django_assert_num_queries
):
    clinic = ClinicFactory()
    for number in range(count):
        for _ in "ab":
            PatientFactory(clinic=clinic, last_name=["Lund", "Quinn", "Abebe"][number])
    client.force_login(owner)
    client.get(reverse("people:duplicates"))

    with django_assert_num_queries(7):  # session, user, clinics, pairs, patients, merges, clinics
        page = client.get(reverse("people:duplicates")).content.decode()

    assert page.count("Compare<") == count
