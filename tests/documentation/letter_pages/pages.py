"""Letters in every state, the page that lists them, and what is decided on it."""

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from tests.factories import NoteFactory, PatientFactory, ProviderLetterFactory, VisitFactory


def letter_at(clinic, **values):
    patient = PatientFactory(clinic=clinic)
    visit = VisitFactory(episode__patient=patient)
    return ProviderLetterFactory(note=NoteFactory(visit=visit, kind="progress"), **values)


def sent(clinic, **values):
    return letter_at(clinic, **{"status": "sent", "sent_at": timezone.now()} | values)


def page_of(client, **query):
    return client.get(reverse("documentation:letters"), query)


def listed(response):
    return {row["letter"].pk: row["label"] for row in response.context["rows"]}


def one_of_each(clinic):
    long_ago = timezone.now() - dt.timedelta(hours=1)
    return {
        "waiting": letter_at(clinic),
        "sending": letter_at(clinic, status="sending", sending_since=timezone.now()),
        "unknown": letter_at(clinic, status="sending", sending_since=long_ago),
        "sent": sent(clinic),
        "failed": letter_at(clinic, status="failed", problem="No such number."),
        "settled": letter_at(clinic, status="failed", settled_at=timezone.now()),
        "withheld": letter_at(clinic, status="withheld", problem="The note is being amended."),
    }


def decide(client, name, letter, **values):
    return post(client, reverse(f"documentation:letter-{name}", args=[letter.pk]), values)


def post(client, address, values=None):
    """The page to which the answer leads."""
    response = client.post(address, values or {})
    assert response.status_code == 303
    return client.get(response["Location"])


def told(response):
    return [str(message) for message in response.context["messages"]]
