"""The audit line: what is written stays, and tampering shows."""

import pytest
from django.db import DatabaseError, connection, transaction

from people import audit
from people.models import AuditEvent
from tests.factories import PatientFactory, UserFactory


def link_now():
    """Run what waits for commit: inside a test's transaction nothing commits by itself."""
    connection.check_constraints()


@pytest.mark.django_db
def test_each_event_is_chained_to_the_one_before():
    user, patient = UserFactory(), PatientFactory()

    audit.record(by=user, action="patient.viewed", patient=patient)
    audit.record(by=user, action="patient.changed", patient=patient, fields=["email"])
    link_now()

    events = list(AuditEvent.objects.order_by("position").values_list("position", "action"))
    assert events == [(1, "patient.viewed"), (2, "patient.changed")]
    assert audit.broken_links() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "act",
    [
        lambda events: events.update(action="nothing happened"),
        lambda events: events.delete(),
        lambda events: events.update(position=None, hash=""),
    ],
    ids=["change", "remove", "unlink"],
)
def test_an_event_can_be_neither_changed_nor_removed(act):
    event = audit.record(by=None, action="seeded")
    link_now()

    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        act(AuditEvent.objects.filter(pk=event.pk))


@pytest.mark.django_db
def test_a_change_behind_the_triggers_back_breaks_the_chain_there():
    for action in ["one", "two", "three"]:
        audit.record(by=None, action=action)
    link_now()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE people_auditevent DISABLE TRIGGER USER")
        cursor.execute("UPDATE people_auditevent SET action = 'four' WHERE position = 2")
        cursor.execute("ALTER TABLE people_auditevent ENABLE TRIGGER USER")

    assert audit.broken_links() == [2]
