"""Links for patients: they open for one purpose, until they end, are used, or are taken back."""

import datetime as dt

import pytest
from django.utils import timezone

from people import links
from people.links import LinkExpired, LinkRevoked, LinkUsed, NoSuchLink
from people.models import AuditEvent, PatientLink
from tests.factories import PatientFactory

pytestmark = pytest.mark.django_db
Purpose = PatientLink.Purpose


@pytest.fixture
def link():
    return links.make(
        purpose=Purpose.INTAKE,
        patient=PatientFactory(),
        expires_at=timezone.now() + dt.timedelta(days=7),
        by=None,
    )


def test_a_link_opens_for_its_purpose_again_and_again_until_it_is_used(link):
    token = links.token_of(link)

    opened = [links.open_link(token, purpose=Purpose.INTAKE) for _ in range(2)]
    links.use(link)

    assert opened == [link, link]
    with pytest.raises(LinkUsed):
        links.open_link(token, purpose=Purpose.INTAKE)
    with pytest.raises(LinkUsed):
        links.use(link)


def test_the_address_of_one_purpose_does_not_open_another(link):
    with pytest.raises(NoSuchLink):
        links.open_link(links.token_of(link), purpose=Purpose.APPOINTMENT)


@pytest.mark.parametrize("spoil", [lambda t: t[:-1], lambda t: "9" + t, lambda t: "", str.upper])
def test_a_spoilt_address_is_nobodys(link, spoil):
    with pytest.raises(NoSuchLink):
        links.open_link(spoil(links.token_of(link)), purpose=Purpose.INTAKE)


def test_a_link_ends_at_its_time(link):
    PatientLink.objects.filter(pk=link.pk).update(
        made_at=timezone.now() - dt.timedelta(days=9),
        expires_at=timezone.now() - dt.timedelta(seconds=1),
    )

    with pytest.raises(LinkExpired):
        links.open_link(links.token_of(link), purpose=Purpose.INTAKE)


def test_taking_back_closes_open_links_to_the_target_and_no_others():
    patient = PatientFactory()
    until = timezone.now() + dt.timedelta(days=1)
    mine, other = (
        links.make(
            purpose=Purpose.WAIT_LIST, patient=patient, target=target, expires_at=until, by=None
        )
        for target in (patient, PatientFactory())
    )

    taken_back = [links.revoke(purpose=Purpose.WAIT_LIST, target=patient) for _ in range(2)]

    assert taken_back == [1, 0]
    with pytest.raises(LinkRevoked):
        links.open_link(links.token_of(mine), purpose=Purpose.WAIT_LIST)
    assert links.open_link(links.token_of(other), purpose=Purpose.WAIT_LIST) == other


def test_making_a_link_is_written_in_the_audit_line(link):
    event = AuditEvent.objects.get(action="link.made")

    assert (event.patient, event.target_id, event.detail) == (
        link.patient,
        link.pk,
        {"purpose": "intake"},
    )
