"""The same Idempotency-Key: one act, one answer; another request under it is refused."""

import datetime as dt
from functools import partial

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from people.models import IdempotentAnswer, Patient, Role
from tests.at_once import all_at_once
from tests.factories import ClinicFactory, PatientFactory, UserFactory

ADDRESS = "/api/v1/patients/"


def said(clinic, **changes) -> dict:
    return {
        "clinic": clinic.pk,
        "first_name": "Ada",
        "last_name": "Okafor",
        "birth_date": "1958-03-12",
        "sex": "F",
    } | changes


@pytest.fixture
def clinic(db):
    return ClinicFactory()


@pytest.fixture
def api(api_as, clinic):
    return api_as(UserFactory(clinics=[clinic]))


def keyed(key: str) -> dict:
    return {"headers": {"Idempotency-Key": key}}


def test_the_second_of_two_equal_writes_gets_the_firsts_answer(api, clinic):
    first = api.post(ADDRESS, said(clinic), **keyed("a"))
    second = api.post(ADDRESS, said(clinic), **keyed("a"))

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert second["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert Patient.objects.count() == 1


def test_without_a_key_two_equal_writes_are_two_acts(api, clinic):
    api.post(ADDRESS, said(clinic))
    api.post(ADDRESS, said(clinic))

    assert Patient.objects.count() == 2


def test_another_request_under_the_same_key_is_refused(api, clinic):
    api.post(ADDRESS, said(clinic), **keyed("a"))

    refused = api.post(ADDRESS, said(clinic, city="Salem"), **keyed("a"))

    assert refused.status_code == 422
    assert refused.json()["code"] == "idempotency_key_reused"
    assert Patient.objects.count() == 1


def test_the_same_words_to_another_address_are_another_request(api, clinic):
    one, two = PatientFactory(clinic=clinic), PatientFactory(clinic=clinic)
    api.patch(f"{ADDRESS}{one.pk}/", {"city": "Salem"}, **keyed("a"))

    refused = api.patch(f"{ADDRESS}{two.pk}/", {"city": "Salem"}, **keyed("a"))

    assert refused.status_code == 422
    assert Patient.objects.get(pk=two.pk).city == "Portland"


def test_each_person_has_their_own_keys(api, api_as, clinic):
    api.post(ADDRESS, said(clinic), **keyed("a"))

    other = api_as(UserFactory(clinics=[clinic])).post(ADDRESS, said(clinic), **keyed("a"))

    assert other.status_code == 201
    assert Patient.objects.count() == 2


def test_what_was_refused_may_be_tried_again_under_its_key(api, clinic):
    refused = api.post(ADDRESS, said(clinic, sex="Q"), **keyed("a"))
    accepted = api.post(ADDRESS, said(clinic), **keyed("a"))

    assert (refused.status_code, accepted.status_code) == (400, 201)


def test_who_may_not_write_leaves_no_key_behind(api_as, clinic):
    api = api_as(UserFactory(roles=[Role.THERAPIST], clinics=[clinic]))

    assert api.post(ADDRESS, said(clinic), **keyed("a")).status_code == 403
    assert IdempotentAnswer.objects.count() == 0


def test_after_a_day_the_key_is_free_again(api, clinic):
    api.post(ADDRESS, said(clinic), **keyed("a"))
    IdempotentAnswer.objects.update(created_at=timezone.now() - dt.timedelta(hours=24, minutes=1))

    api.post(ADDRESS, said(clinic, city="Salem"), **keyed("a"))

    assert Patient.objects.count() == 2


@pytest.mark.parametrize("key", ["", "x" * 101, "a\tb"])
def test_a_key_that_is_none_is_a_problem(api, clinic, key):
    refused = api.post(ADDRESS, said(clinic), **keyed(key))

    assert (refused.status_code, set(refused.json()["errors"])) == (400, {"Idempotency-Key"})
    assert Patient.objects.count() == 0


def test_reading_takes_no_notice_of_a_key(api, clinic):
    assert api.get(ADDRESS, **keyed("a")).status_code == 200
    assert IdempotentAnswer.objects.count() == 0


def write_at_once(person, clinic, keys: list[str]) -> list[int]:
    def write(key: str) -> int:
        api = APIClient()
        api.force_authenticate(person)
        return api.post(ADDRESS, said(clinic), format="json", **keyed(key)).status_code

    return all_at_once([partial(write, key) for key in keys])


@pytest.mark.django_db(transaction=True)
def test_six_equal_writes_at_once_act_once():
    clinic = ClinicFactory()
    person = UserFactory(clinics=[clinic])

    statuses = write_at_once(person, clinic, ["a"] * 6)

    assert statuses == [201] * 6
    assert Patient.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_six_writes_under_six_keys_at_once_act_six_times():
    clinic = ClinicFactory()
    person = UserFactory(clinics=[clinic])

    statuses = write_at_once(person, clinic, list("abcdef"))

    assert statuses == [201] * 6
    assert Patient.objects.count() == 6
