"""The two doors a message leaves by: e-mail over Django's mail settings, and text messages over
the provider that the settings name; without one they are written to the console.

`send` hands one letter over and returns the provider's name for it. It raises `Refused` (it did
not go out, and never will), `TryLater` (not a byte of it has left) or `NoAnswer` (it may have gone
out). Nothing here logs an address or a word of a message.
"""

from __future__ import annotations

import base64
import http.client
import json
import smtplib
import ssl
import sys
from dataclasses import dataclass
from email.utils import make_msgid
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.message import BadHeaderError

CONSOLE = "console"
MOST_OF_AN_ANSWER = 64 * 1024


@dataclass(frozen=True)
class Letter:
    """What goes out. `stop_url` ends mail like this one; `receipt_url` hears what became of it;
    `pdf` goes along with an e-mail."""

    to: str
    body: str
    subject: str = ""
    stop_url: str = ""
    receipt_url: str = ""
    pdf: bytes = b""
    pdf_name: str = ""


class Refused(Exception):
    """The provider will not deliver it. `reason` is a sentence for the desk."""

    def __init__(self, reason: str, *, opted_out: bool = False) -> None:
        super().__init__(type(self).__name__)  # the reason may quote an address
        self.reason = reason
        self.opted_out = opted_out


class TryLater(Exception):
    """The provider could not be reached, or takes nothing now; nothing has gone out."""


class NoAnswer(Exception):
    """It was handed over, and no clear answer came back."""


class Transport(Protocol):
    def send(self, letter: Letter) -> str: ...


class Mail:
    """E-mail, by whatever EMAIL_BACKEND is."""

    def send(self, letter: Letter) -> str:
        message_id = make_msgid(domain=urlsplit(settings.PUBLIC_URL).hostname or "localhost")
        headers = {"Message-ID": message_id}
        if letter.stop_url:
            headers["List-Unsubscribe"] = f"<{letter.stop_url}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
        connection = get_connection()
        try:
            connection.open()
        except smtplib.SMTPAuthenticationError:
            raise Refused("The mail server does not accept our log-in.") from None
        except (OSError, smtplib.SMTPException):
            raise TryLater from None
        mail = EmailMessage(
            subject=letter.subject,
            body=letter.body,
            to=[letter.to],
            headers=headers,
            connection=connection,
        )
        if letter.pdf:
            mail.attach(letter.pdf_name, letter.pdf, "application/pdf")
        try:
            mail.send()
        except BadHeaderError:
            raise Refused("The subject or the address has a line break in it.") from None
        except smtplib.SMTPRecipientsRefused as refusal:
            codes = [code for code, _ in refusal.recipients.values()]
            raise _refused_by_mail_server(codes[0] if codes else 550) from None
        except smtplib.SMTPResponseException as refusal:
            raise _refused_by_mail_server(refusal.smtp_code) from None
        except (OSError, smtplib.SMTPException):
            raise NoAnswer from None
        finally:
            _close_quietly(connection)
        return message_id


def _refused_by_mail_server(code: int) -> Refused | TryLater:
    """4yz: not now; 5yz: never (RFC 5321, § 4.2.1). Either way it has not been taken."""
    if 400 <= code < 500:
        return TryLater()
    if code in (550, 551, 553):
        return Refused("The mail server knows no such address.")
    return Refused(f"The mail server refused it (code {code}).")


def _close_quietly(connection: Any) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        return  # the answer is known; how the line was hung up changes nothing


# What Twilio's error codes mean to a front desk.
SMS_REASONS = {
    20003: "The provider does not accept SMS_ACCOUNT and SMS_TOKEN.",
    21211: "This is not a telephone number the provider can reach.",
    21408: "The provider may not send to this country.",
    21606: "The provider does not know SMS_FROM as one of our numbers.",
    21610: "The patient has answered STOP.",
    21612: "The provider cannot reach this number.",
    21614: "This is not a mobile number.",
    30003: "The telephone was off or out of reach.",
    30004: "The patient or the carrier blocks our number.",
    30005: "There is no such number any more.",
    30006: "This is a landline, or the carrier cannot be reached.",
    30007: "The carrier took it for spam.",
}
ANSWERED_STOP = 21610
NOT_NOW = 429


class Sms:
    """Text messages over an HTTP provider that speaks as Twilio does: a form goes out, JSON comes
    back. `http.client`, because it tells connecting from sending: only then is a failure before
    the first byte known from one after it."""

    def send(self, letter: Letter) -> str:
        url = urlsplit(settings.SMS_URL)
        fields = {"To": letter.to, "From": settings.SMS_FROM, "Body": letter.body}
        if letter.receipt_url:
            fields["StatusCallback"] = letter.receipt_url
        credentials = f"{settings.SMS_ACCOUNT}:{settings.SMS_TOKEN}".encode()
        connection = self._connect(url.scheme, url.hostname or "", url.port)
        try:
            connection.request(
                "POST",
                f"{url.path or '/'}?{url.query}" if url.query else url.path or "/",
                urlencode(fields),
                {
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Authorization": f"Basic {base64.b64encode(credentials).decode()}",
                    "Accept": "application/json",
                },
            )
            response = connection.getresponse()
            content = response.read(MOST_OF_AN_ANSWER)
        except (OSError, http.client.HTTPException):
            raise NoAnswer from None
        finally:
            connection.close()
        return self._understand(response.status, content, response.length)

    def _connect(self, scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
        seconds = settings.SMS_TIMEOUT_SECONDS
        connection = (
            http.client.HTTPConnection(host, port, timeout=seconds)
            if scheme == "http"
            else http.client.HTTPSConnection(
                host, port, timeout=seconds, context=ssl.create_default_context()
            )
        )
        try:
            connection.connect()
        except OSError:
            raise TryLater from None
        return connection

    def _understand(self, status: int, content: bytes, missing: int | None) -> str:
        try:
            answer = json.loads(content) if not missing else None
        except ValueError:
            answer = None
        told = answer if isinstance(answer, dict) else {}
        if status == NOT_NOW:
            raise TryLater
        if 300 <= status < 500:
            code = told.get("code")
            raise Refused(
                SMS_REASONS.get(code or 0, f"The provider refused it (code {code or status})."),
                opted_out=code == ANSWERED_STOP,
            )
        if not 200 <= status < 300 or not isinstance(told.get("sid"), str):
            raise NoAnswer
        return str(told["sid"])[:200]


class Console:
    """Writes the message where Django's console mail goes, for a developer to read."""

    def send(self, letter: Letter) -> str:
        sys.stdout.write(f"--- text message to {letter.to}\n{letter.body}\n---\n")
        sys.stdout.flush()
        return CONSOLE


def of(channel: str) -> Transport:
    """The door for a channel, as the settings have it."""
    if channel == "email":
        return Mail()
    return Sms() if settings.SMS_URL else Console()


def only_on_console(channel: str) -> bool:
    """Whether messages of this channel do not leave the house on this server."""
    if channel == "email":
        return "console" in settings.EMAIL_BACKEND
    return not settings.SMS_URL
