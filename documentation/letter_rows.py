"""A letter to a provider as lists show it, and as its line in a CSV file."""

from __future__ import annotations

import datetime as dt
from typing import Any

from documentation import letters
from documentation.models import ProviderLetter
from people.exports import Columns
from web.templatetags.pt import clinic_time, phone

Channel, Status = ProviderLetter.Channel, ProviderLetter.Status
TONES = {
    Status.WAITING: ("clock", "muted"),
    Status.SENDING: ("send", "info"),
    Status.SENT: ("circle-check", "success"),
    Status.FAILED: ("alert-circle", "danger"),
    Status.WITHHELD: ("hand-stop", "muted"),
}
WHAT_CARRIED_IT = {
    ProviderLetter.Carrier.FILE: "put in the folder",
    ProviderLetter.Carrier.MAIL: "by the mail server",
    ProviderLetter.Carrier.GATEWAY: "by the fax service",
}


def as_read(letter: ProviderLetter) -> dict[str, Any]:
    """Its state in a word, what it carries, and what a person may do about it."""
    icon, tone = TONES[Status(letter.status)]
    label = letter.get_status_display()
    if letter.is_unknown:
        icon, tone, label = "help-circle", "warning", "Unknown whether sent"
    elif letter.status == Status.SENT and letter.opened_at is not None:
        label = "Read"
    elif letter.status == Status.FAILED and not letter.is_open_failure:
        tone, label = "muted", "Dealt with"
    kind = letters.kind_of(letter)
    other = Channel.FAX if letter.channel == Channel.EMAIL else Channel.EMAIL
    is_closed = letter.status in (Status.SENT, Status.FAILED, Status.WITHHELD)
    return {
        "letter": letter,
        "title": kind.title(letter),
        "page": kind.page(letter),
        "icon": icon,
        "tone": tone,
        "label": label,
        "is_open": letter.needs_a_person,
        "is_unknown": letter.is_unknown,
        "is_waiting": letter.status == Status.WAITING,
        "may_resend": (is_closed or letter.is_unknown) and not _was_sent_again(letter),
        "was_sent_again": _was_sent_again(letter),
        "other": other if letter.provider.address_for(other) else "",
        "most_attempts": letters.MOST_ATTEMPTS,
        "other_label": Channel(other).label.lower(),
        "to": phone(letter.to) if letter.channel == Channel.FAX else letter.to,
        "carried": WHAT_CARRIED_IT.get(letter.carrier, ""),  # type: ignore[call-overload]
    }


def _was_sent_again(letter: ProviderLetter) -> bool:
    return getattr(letter, "sent_again_as", None) is not None


def _local(letter: ProviderLetter, moment: dt.datetime | None) -> dt.datetime | None:
    return clinic_time(moment, letter.patient.clinic)


COLUMNS: Columns = (
    ("Written at", lambda row: _local(row, row.created_at)),
    ("Patient", lambda row: row.patient.list_name),
    ("MRN", lambda row: row.patient.mrn),
    ("Provider", lambda row: row.provider),
    ("NPI", lambda row: row.provider.npi),
    ("Carries", lambda row: as_read(row)["title"]),
    ("Channel", lambda row: row.get_channel_display()),
    ("To", lambda row: as_read(row)["to"]),
    ("State", lambda row: as_read(row)["label"]),
    ("Problem", lambda row: row.problem),
    ("Sent at", lambda row: _local(row, row.sent_at)),
    ("Read at", lambda row: _local(row, row.opened_at)),
    ("Dealt with by", lambda row: row.settled_by),
)
