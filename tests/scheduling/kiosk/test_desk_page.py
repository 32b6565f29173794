"""The desk's page of its kiosks: made, seen once, revoked."""

import pytest
from django.urls import reverse

from people.models import Role
from scheduling.models import Kiosk
from tests.factories import ClinicFactory, KioskFactory, UserFactory

pytestmark = pytest.mark.django_db


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
