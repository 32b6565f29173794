"""One service line of an 837P: loop 2400, 2420A for who furnished it, and 2430 for what other
payers decided about it."""

from decimal import Decimal

from billing.x12.patterns import MODIFIER, PLACE_OF_SERVICE, PROCEDURE
from billing.x12.segments import SegmentWriter, Simple
from billing.x12.types import Claim, LineAdjudication, ServiceLine
from billing.x12.values import Count, Day, Identifier, Money
from billing.x12.write_other_payer import write_adjustments
from billing.x12.write_parties import write_rendering

MOST_POINTERS = 4
MOST_MODIFIERS = 4
MOST_UNITS = 9999
MOST_ADJUDICATIONS = 15
LINE_CONTROL_NUMBER = 30  # what receivers must return whole, although REF02 has room for 50


def place_of_service(code: str) -> Identifier:
    """A two-digit code of CMS's place-of-service set."""
    return Identifier(code, 2, pattern=PLACE_OF_SERVICE, shape="a two-digit place of service")


def write_line(out: SegmentWriter, claim: Claim, line: ServiceLine, number: int) -> None:
    """Loops 2400, 2420A and 2430. Raises X12ValueError."""
    out.place.loop = "2400"
    out.seg("LX", str(number))
    elsewhere = line.place_of_service.strip() not in ("", claim.place_of_service.strip())
    _refuse_wrong_pointers(out, line.pointers, len(claim.diagnoses))
    out.seg(
        "SV1",
        _procedure(out, "SV1", "SV101", line.code, line.modifiers),
        Money(line.charge),
        "UN",
        Count(line.units, MOST_UNITS),
        place_of_service(line.place_of_service) if elsewhere else "",
        "",
        tuple(str(pointer) for pointer in line.pointers),
    )
    out.seg("DTP", "472", "D8", Day(line.date_of_service))
    out.seg("REF", "6R", Identifier(line.control_number, LINE_CONTROL_NUMBER, own=True))
    if line.rendering and line.rendering.npi.strip() != _rendering_npi(claim):
        out.place.loop = "2420A"
        write_rendering(out, line.rendering)
    if len(line.adjudications) > MOST_ADJUDICATIONS:
        raise out.refuse("SVD", "", f"has more than {MOST_ADJUDICATIONS} adjudications")
    for adjudication in line.adjudications:
        _write_adjudication(out, line, adjudication)


def _rendering_npi(claim: Claim) -> str:
    """Who furnished the claim as a whole; nobody is named when it is the billing provider."""
    return (claim.rendering or claim.billing_provider).npi.strip()


def _write_adjudication(
    out: SegmentWriter, line: ServiceLine, adjudication: LineAdjudication
) -> None:
    out.place.loop = "2430"
    adjusted = sum((a.amount for a in adjudication.adjustments), Decimal(0))
    if adjudication.paid + adjusted != line.charge:
        raise out.refuse("SVD", "SVD02", "plus the adjustments is not the line's charge")
    out.seg(
        "SVD",
        Identifier(adjudication.payer_id, 80, least=2),
        Money(adjudication.paid),
        _procedure(out, "SVD", "SVD03", adjudication.code, adjudication.modifiers),
        "",
        Count(adjudication.units, MOST_UNITS, least=0),
    )
    write_adjustments(out, adjudication.adjustments)
    out.seg("DTP", "573", "D8", Day(adjudication.adjudicated_on))
    if adjudication.remaining_liability is not None:
        out.seg("AMT", "EAF", Money(adjudication.remaining_liability))


def _refuse_wrong_pointers(out: SegmentWriter, pointers: tuple[int, ...], diagnoses: int) -> None:
    """SV107: one to four different diagnoses of this claim."""
    if not 1 <= len(pointers) <= MOST_POINTERS or len(set(pointers)) != len(pointers):
        raise out.refuse("SV1", "SV107", f"needs 1 to {MOST_POINTERS} different diagnoses")
    if not all(1 <= pointer <= diagnoses for pointer in pointers):
        raise out.refuse("SV1", "SV107", "points to a diagnosis that the claim does not have")


def _procedure(
    out: SegmentWriter, segment: str, element: str, code: str, modifiers: tuple[str, ...]
) -> tuple[Simple, ...]:
    """The composite of a HCPCS code and its modifiers, in the order given."""
    if len(modifiers) > MOST_MODIFIERS:
        raise out.refuse(segment, element, f"has more than {MOST_MODIFIERS} modifiers")
    if len(set(modifiers)) != len(modifiers):
        raise out.refuse(segment, element, "has a modifier twice")
    return (
        "HC",
        Identifier(code, 5, pattern=PROCEDURE, shape="a CPT or HCPCS code"),
        *(Identifier(m, 2, pattern=MODIFIER, shape="a modifier") for m in modifiers),
    )
