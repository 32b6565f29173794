"""A receiver that wants a transaction for each claim, and the file in production, on one line."""

from dataclasses import replace

from billing.x12.codes import Usage
from billing.x12.segments import Delimiters
from billing.x12.types import Contact, PersonName, Submitter
from tests.billing.x12.cast import CLAIM, ENVELOPE, LINE, file_of

FILE = file_of(
    replace(CLAIM, control_number="T1", lines=(replace(LINE, control_number="T1L1"),)),
    replace(CLAIM, control_number="T2", lines=(replace(LINE, control_number="T2L1"),)),
    delimiters=Delimiters(),
    claims_per_transaction=1,
    envelope=replace(
        ENVELOPE,
        usage=Usage.PRODUCTION,
        sender_qualifier="30",
        sender_id="931112223",
        group_sender_id="LARK",
        acknowledgment_requested=True,
        interchange_control_number=999_999_999,
        group_control_number=7,
    ),
    submitter=Submitter(
        name=PersonName(last="Reyes", first="Tomás", suffix="Sr."),
        id="931112223",
        contact=Contact(name="Tomás Reyes", email="Tomas.Reyes@example.org"),
    ),
)
