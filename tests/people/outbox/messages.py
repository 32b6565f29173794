"""A message in line, and the same one after sending."""

from people import outbox
from people.models import Message
from tests.factories import PatientFactory


def waiting(channel="sms", **more):
    patient = PatientFactory(
        contact_by=channel, mobile_phone="+15035551234", email="ada@mail.example"
    )
    count = Message.objects.count()
    asked = {
        "patient": patient,
        "kind": "test",
        "source_key": f"test:{count}",
        "subject": "Your appointment" if channel == "email" else "",
        "body": "See you on Monday.",
    }
    return outbox.queue(**asked | more)


def after_sending(message):
    outbox.send(message.pk)
    message.refresh_from_db()
    return message
