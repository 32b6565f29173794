"""The words around a letter to a provider: a fax's cover sheet, an e-mail's text.

Neither names the patient or says anything clinical: a cover sheet lies open in a fax machine, and
an e-mail passes through many hands.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from documentation.models import ProviderLetter
from people.models import Practice
from web.templatetags.pt import phone

NOT_FOR_YOU = (
    "This is confidential health information, meant only for the person named above. If it has "
    "reached you by mistake, please call us and destroy it: reading, copying or passing it on is "
    "not permitted."
)


@dataclass(frozen=True)
class Sender:
    """Whom the letter comes from: the practice, and the telephone of the patient's clinic."""

    name: str
    phone: str


def sender_of(letter: ProviderLetter) -> Sender:
    practice = Practice.objects.first()
    clinic = letter.patient.clinic
    return Sender(practice.legal_name if practice is not None else clinic.name, phone(clinic.phone))


def subject(sender: Sender) -> str:
    return f"A letter from {sender.name}"


def sheet(letter: ProviderLetter, sender: Sender) -> str:
    """A fax's cover sheet."""
    today = timezone.localdate(timezone=letter.patient.clinic.zone)
    return "\n".join(
        (
            "FAX",
            "",
            f"To:    {letter.provider}",
            f"Fax:   {phone(letter.to)}",
            f"From:  {sender.name}",
            f"Phone: {sender.phone}",
            f"Date:  {today:%B} {today.day}, {today.year}",
            f"No.:   {letter.pk}",
            "",
            NOT_FOR_YOU,
            "",
        )
    )


def mail(sender: Sender, link: str) -> str:
    """An e-mail: who writes, and a link."""
    return "\n".join(
        (
            f"{sender.name} has a letter for you.",
            "",
            "Read it here; you are asked for your NPI first:",
            link,
            "",
            "The link opens for a limited time. Nobody reads replies to this address: please call "
            f"{sender.phone}.",
            "",
            "If this was not meant for you, please delete it.",
            "",
        )
    )
