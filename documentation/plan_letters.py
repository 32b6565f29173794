"""A plan of care as a letter: a fax carries the PDF, an e-mail the link on which it is answered."""

from __future__ import annotations

from django.urls import reverse

from documentation import letters, plan_sending
from documentation.models import PlanPdf, PlanSending, ProviderLetter
from people.models import PatientLink
from web.templatetags.pt import phone

ANSWERED = "The plan was answered meanwhile."
WITHDRAWN = "The plan was withdrawn or sent anew."
OVER = "The time in which it could be answered is over."
LONGEST_PROOF = 200


def register() -> None:
    letters.register(
        letters.Kind(
            key=ProviderLetter.Kind.PLAN,
            title=lambda letter: "Plan of care",
            page=lambda letter: reverse("documentation:plan", args=[_sending_of(letter).plan_id]),
            paper=paper,
            link=link,
            untrue=untrue,
            handed_over=handed_over,
        )
    )


def _sending_of(letter: ProviderLetter) -> PlanSending:
    assert letter.sending is not None
    return letter.sending


def paper(letter: ProviderLetter) -> bytes | None:
    """The plan as it was sent, with its line to sign on."""
    row = PlanPdf.objects.get(sending=letter.sending_id, copy=PlanPdf.Copy.SENT)
    if row.status == PlanPdf.Status.WAITING:
        return None
    if row.status == PlanPdf.Status.FAILED:
        raise letters.NoPaper("The PDF could not be made: have it tried again on the page PDFs.")
    return bytes(row.file_bytes or b"")


def untrue(letter: ProviderLetter) -> str:
    sending = PlanSending.objects.get(letters=letter.pk)
    if sending.status in (PlanSending.Status.SIGNED, PlanSending.Status.RETURNED):
        return ANSWERED
    if not sending.is_open or sending.is_locked:
        return WITHDRAWN
    return OVER if sending.has_expired else ""


def link(letter: ProviderLetter) -> str:
    """The same address for every letter of one sending: it closes for all of them at once."""
    rows = PatientLink.objects.filter(purpose=plan_sending.PURPOSE, target_id=letter.sending_id)
    return plan_sending.address_of(rows.latest("pk"))


def handed_over(letter: ProviderLetter) -> None:
    """The letter has gone: that is the day on which the plan was transmitted."""
    to = phone(letter.to) if letter.channel == ProviderLetter.Channel.FAX else letter.to
    proof = f"{letter.get_channel_display()} to {to}"
    if letter.receipt:
        proof = f"{proof}, {letter.receipt}"
    plan_sending.handed_over(
        sending=_sending_of(letter), proof=proof[:LONGEST_PROOF], by=None, at=letter.sent_at
    )
