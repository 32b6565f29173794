"""Mail: what it carries, and what becomes of it when the mail server answers."""

import smtplib

import pytest
from django.core import mail

from people import outbox, stops
from people.models import Message
from tests.people.outbox.messages import after_sending, waiting

pytestmark = pytest.mark.django_db
Status = Message.Status


def test_mail_carries_one_click_unsubscribing_and_no_name_in_its_subject(settings):
    settings.PUBLIC_URL = "https://clinic.example"
    message = after_sending(waiting("email"))

    [sent] = mail.outbox
    assert (sent.to, sent.subject, sent.body) == (
        ["ada@mail.example"],
        "Your appointment",
        f"See you on Monday.\n\n-- \nTo stop mail like this: {stops.url_for(message)}",
    )
    assert sent.extra_headers == {
        "Message-ID": message.provider_id,
        "List-Unsubscribe": f"<{stops.url_for(message)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert stops.url_for(message).startswith("https://clinic.example/stop/")


class MailServer:
    """A connection of Django's that fails where the test says."""

    at_opening: Exception | None = None
    at_sending: Exception | None = None

    def open(self):
        if self.at_opening:
            raise self.at_opening

    def send_messages(self, messages):
        if self.at_sending:
            raise self.at_sending
        return len(messages)

    def close(self):
        raise smtplib.SMTPServerDisconnected("already gone")


@pytest.mark.parametrize(
    ("at_opening", "at_sending", "status", "problem"),
    [
        (ConnectionRefusedError(), None, Status.WAITING, outbox.NOT_REACHED),
        (
            smtplib.SMTPAuthenticationError(535, b"no"),
            None,
            Status.FAILED,
            "The mail server does not accept our log-in.",
        ),
        (
            None,
            smtplib.SMTPRecipientsRefused({"ada@mail.example": (550, b"who?")}),
            Status.FAILED,
            "The mail server knows no such address.",
        ),
        (None, smtplib.SMTPDataError(554, b"spam"), Status.FAILED,
         "The mail server refused it (code 554)."),
        (
            None,
            smtplib.SMTPRecipientsRefused({"ada@mail.example": (451, b"greylisted")}),
            Status.WAITING,
            outbox.NOT_REACHED,
        ),
        (None, smtplib.SMTPServerDisconnected("gone"), Status.SENDING, outbox.NO_ANSWER),
        (None, TimeoutError(), Status.SENDING, outbox.NO_ANSWER),
        (None, ZeroDivisionError(), Status.SENDING, outbox.NO_ANSWER),
        (None, None, Status.SENT, ""),
    ],
)  # fmt: skip
def test_what_the_mail_server_says_decides(monkeypatch, at_opening, at_sending, status, problem):
    server = MailServer()
    server.at_opening, server.at_sending = at_opening, at_sending
    monkeypatch.setattr("people.transports.get_connection", lambda: server)

    message = after_sending(waiting("email"))

    assert (message.status, message.problem) == (status, problem)
