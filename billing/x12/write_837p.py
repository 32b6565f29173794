"""How claims become an 837P file (ASC X12N 005010X222A1), ready to send.

The loops of one claim are in `write_claim`, `write_other_payer` and `write_service`; the parties
above it in `write_parties`. Every count and level number is counted here, never given.
"""

from collections import Counter
from collections.abc import Sequence

from billing.x12.claim_tree import claim_tree
from billing.x12.codes import GUIDE, Usage
from billing.x12.patterns import ID_QUALIFIER
from billing.x12.segments import SegmentWriter, X12ValueError
from billing.x12.types import Claim, Envelope, ProfessionalFile
from billing.x12.values import Choice, Count, Identifier
from billing.x12.write_claim import write_claim
from billing.x12.write_parties import (
    write_billing_provider,
    write_patient,
    write_submitter_and_receiver,
    write_subscriber,
)

MOST_CLAIMS_IN_TRANSACTION = 5000
LARGEST_CONTROL_NUMBER = 999_999_999
BATCH_REFERENCE = 30  # what receivers must return whole, although BHT03 has room for 50


def write_837p(file: ProfessionalFile) -> bytes:
    """The file as it leaves the house: ASCII, one interchange, one group.

    The same input gives the same bytes. Raises X12ValueError at the first value that may not be
    sent, naming loop, segment, element and claim; nothing is cut short except names.
    """
    out = SegmentWriter(file.delimiters)
    _refuse_impossible(out, file)
    _open_interchange(out, file.envelope)
    size = file.claims_per_transaction
    batches = [file.claims[start : start + size] for start in range(0, len(file.claims), size)]
    for number, claims in enumerate(batches, start=1):
        reference = file.envelope.batch_reference
        _write_transaction(
            out, file, claims, number, reference if len(batches) == 1 else f"{reference}-{number}"
        )
    out.place.loop = "ENVELOPE"
    out.seg("GE", str(len(batches)), _group_number(file.envelope))
    out.seg("IEA", "1", _interchange_number(file.envelope))
    return out.content()


def _refuse_impossible(out: SegmentWriter, file: ProfessionalFile) -> None:
    if not file.claims:
        raise out.refuse("CLM", "", "is missing: the file has no claims")
    if not 1 <= file.claims_per_transaction <= MOST_CLAIMS_IN_TRANSACTION:
        raise out.refuse("ST", "", f"holds 1 to {MOST_CLAIMS_IN_TRANSACTION} claims")
    if file.envelope.created_at.utcoffset() is None:
        raise out.refuse("ISA", "ISA09", "needs an aware time")
    for number, times in Counter(claim.control_number for claim in file.claims).items():
        if times > 1:
            raise X12ValueError("2300", "CLM", "CLM01", "is used twice in the file", claim=number)
    lines = Counter(line.control_number for claim in file.claims for line in claim.lines)
    for claim in file.claims:
        if any(lines[line.control_number] > 1 for line in claim.lines):
            raise X12ValueError(
                "2400", "REF", "REF02", "(6R) is used twice in the file", claim=claim.control_number
            )


def _open_interchange(out: SegmentWriter, envelope: Envelope) -> None:
    day, time = f"{envelope.created_at:%Y%m%d}", f"{envelope.created_at:%H%M}"
    out.isa(
        "00",
        "",
        "00",
        "",
        _qualifier(envelope.sender_qualifier),
        Identifier(envelope.sender_id, 15),
        _qualifier(envelope.receiver_qualifier),
        Identifier(envelope.receiver_id, 15),
        day[2:],
        time,
        "00501",
        _interchange_number(envelope),
        "1" if envelope.acknowledgment_requested else "0",
        Choice(envelope.usage, Usage),
    )
    out.seg(
        "GS",
        "HC",
        Identifier(envelope.group_sender_id or envelope.sender_id, 15, least=2),
        Identifier(envelope.group_receiver_id or envelope.receiver_id, 15, least=2),
        day,
        time,
        _group_number(envelope),
        "X",
        GUIDE,
    )


def _qualifier(code: str) -> Identifier:
    return Identifier(code, 2, pattern=ID_QUALIFIER, shape="an interchange id qualifier")


def _interchange_number(envelope: Envelope) -> Count:
    return Count(envelope.interchange_control_number, LARGEST_CONTROL_NUMBER, width=9)


def _group_number(envelope: Envelope) -> Count:
    return Count(envelope.group_control_number, LARGEST_CONTROL_NUMBER)


def _write_transaction(
    out: SegmentWriter,
    file: ProfessionalFile,
    claims: Sequence[Claim],
    number: int,
    reference: str,
) -> None:
    """One ST to SE."""
    out.place.loop = "HEADER"
    before = out.count
    control_number = f"{number:04d}"
    created_at = file.envelope.created_at
    out.seg("ST", "837", control_number, GUIDE)
    out.seg(
        "BHT",
        "0019",
        "00",
        Identifier(reference, BATCH_REFERENCE, own=True),
        f"{created_at:%Y%m%d}",
        f"{created_at:%H%M}",
        "CH",
    )
    write_submitter_and_receiver(out, file)
    _write_levels(out, claims)
    out.place.loop, out.place.claim = "HEADER", ""
    out.seg("SE", str(out.count - before + 1), control_number)


def _write_levels(out: SegmentWriter, claims: Sequence[Claim]) -> None:
    """Loops 2000A, 2000B, 2000C and the claims below them."""
    level = 0
    for top in claim_tree(claims):
        level += 1
        top_level = level
        out.place.claim = ""
        write_billing_provider(out, top.provider, top_level)
        for middle in top.subscribers:
            level += 1
            middle_level = level
            out.place.claim = (middle.claims or middle.patients[0].claims)[0].control_number
            write_subscriber(
                out,
                middle.subscriber,
                middle.payer,
                level=middle_level,
                parent=top_level,
                has_patients=bool(middle.patients),
                casualty_number=middle.casualty_number,
            )
            for claim in middle.claims:
                write_claim(out, claim)
            for bottom in middle.patients:
                level += 1
                out.place.claim = bottom.claims[0].control_number
                write_patient(
                    out,
                    bottom.patient,
                    level=level,
                    parent=middle_level,
                    casualty_number=bottom.casualty_number,
                )
                for claim in bottom.claims:
                    write_claim(out, claim)
