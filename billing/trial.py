"""Write a claim into a file of its own and read it again, before anybody relies on it.

What the writer or the reader of our files would refuse on the day the file is built becomes a
finding with the place to mend it.
"""

from __future__ import annotations

import datetime as dt

from billing import reply_words
from billing.rules.types import Finding, Severity
from billing.x12 import types as x12
from billing.x12.check_837p import check_837p
from billing.x12.codes import Usage
from billing.x12.segments import X12ValueError
from billing.x12.write_837p import write_837p

SOURCE = "ASC X12N 005010X222A1"
# Nobody gets this file: the numbers only have to be such as a file may have.
_ENVELOPE = {
    "sender_id": "TRIAL",
    "receiver_id": "TRIAL",
    "interchange_control_number": 1,
    "group_control_number": 1,
    "batch_reference": "TRIAL",
    "usage": Usage.TEST,
}


def problems_of(claim: x12.Claim) -> list[Finding]:
    """One finding for the first thing the writer refuses, else all that the reader finds."""
    file = x12.ProfessionalFile(
        envelope=x12.Envelope(created_at=_after(claim), **_ENVELOPE),  # type: ignore[arg-type]
        submitter=x12.Submitter(
            name=claim.billing_provider.name,
            id="TRIAL",
            contact=x12.Contact(name="Trial", phone="5035550100"),
        ),
        receiver=x12.Receiver(name="Trial", id="TRIAL"),
        claims=(claim,),
    )
    try:
        content = write_837p(file)
    except X12ValueError as error:
        place = reply_words.SEGMENTS.get(error.segment) or reply_words.LOOPS.get(error.loop)
        return refused(str(error), field=place or "claim")
    return [
        finding
        for problem in check_837p(content)
        for finding in refused(
            problem.message, field=reply_words.SEGMENTS.get(problem.segment, "claim")
        )
    ]


def refused(message: str, *, field: str) -> list[Finding]:
    sentence = message if message.endswith(".") else f"{message}."
    return [Finding("cannot_be_written", Severity.ERROR, sentence, SOURCE, field=field)]


def _after(claim: x12.Claim) -> dt.datetime:
    """A file is never older than what it bills."""
    last = max((line.date_of_service for line in claim.lines), default=dt.date(2000, 1, 1))
    return dt.datetime.combine(last, dt.time(12), tzinfo=dt.UTC)
