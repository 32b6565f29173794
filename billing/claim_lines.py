"""The lines of a claim: coded from the visit, or for a later payer what the first was billed."""

from __future__ import annotations

from decimal import Decimal

from billing.coding import Coded
from billing.logged import renderers_of
from billing.models import Claim, ClaimLine
from billing.rules.diagnoses import POINTED
from billing.rules.types import Finding, warning


def write_lines(claim: Claim, coded: Coded) -> None:
    """The visit under its payer's rules."""
    diagnoses = _diagnosis_count(claim)
    renderers = renderers_of(claim.visit)
    lines = []
    for number, (line, modifiers, allowed) in enumerate(
        zip(coded.lines, coded.modifiers, coded.allowed, strict=True), start=1
    ):
        same_code = [service for service in coded.services if service.code == line.code]
        lines.append(
            ClaimLine(
                claim=claim,
                number=number,
                code_id=line.code,
                modifiers=[modifier.code for modifier in modifiers],
                reasons=[
                    {"code": m.code, "reason": m.reason, "source": m.source} for m in modifiers
                ],
                units=line.units,
                minutes=sum(service.minutes for service in same_code) or None,
                charge=coded.fees.get(line.code, Decimal(0)) * line.units,
                allowed=allowed,
                pointers=list(range(1, min(diagnoses, POINTED) + 1)),
                rendering=renderers.get(line.code),
                control_number=f"{claim.control_number}L{number}",
            )
        )
    _replace(claim, lines, list(coded.proof))


def repeat_lines(claim: Claim, first: Claim, coded: Coded) -> list[Finding]:
    """What the first payer was billed, line by line: only so its decision accounts for the charge.

    The modifiers are this payer's where its rules come to the same lines; where they do not, the
    first payer's stand, and that is said.
    """
    billed = list(first.lines.order_by("number"))
    same = [(line.code_id, line.units) for line in billed] == [
        (line.code, line.units) for line in coded.lines
    ]
    lines = []
    for place, line in enumerate(billed):
        modifiers, reasons = list(line.modifiers), list(line.reasons)
        if same:
            modifiers = [modifier.code for modifier in coded.modifiers[place]]
            reasons = [
                {"code": m.code, "reason": m.reason, "source": m.source}
                for m in coded.modifiers[place]
            ]
        lines.append(
            ClaimLine(
                claim=claim,
                number=line.number,
                code_id=line.code_id,
                modifiers=modifiers,
                reasons=reasons,
                units=line.units,
                minutes=line.minutes,
                charge=line.charge,
                pointers=line.pointers,
                rendering_id=line.rendering_id,
                control_number=f"{claim.control_number}L{line.number}",
            )
        )
    payer = first.payer.name if first.payer else "the first payer"
    _replace(claim, lines, [f"The lines, units and charges are those that {payer} was billed."])
    return [] if same else _differs(coded, payer)


def _differs(coded: Coded, payer: str) -> list[Finding]:
    own = ", ".join(f"{line.code} × {line.units}" for line in coded.lines) or "nothing"
    return warning(
        "units_differ_by_payer",
        f"By this payer's own rules the visit comes to {own}. The claim repeats what {payer} was "
        "billed and decided: look whether the modifiers serve both.",
        "ASC X12N 005010X222A1, loop 2430",
        "claim.earlier",
        *dict.fromkeys(line.code for line in coded.lines),
    )


def _replace(claim: Claim, lines: list[ClaimLine], proof: list[str]) -> None:
    claim.lines.all().delete()
    ClaimLine.objects.bulk_create(lines)
    claim.total = sum((line.charge for line in lines), Decimal(0))
    claim.proof = proof
    claim.save(update_fields=["total", "proof"])


def _diagnosis_count(claim: Claim) -> int:
    episode = claim.visit.episode
    return episode.diagnoses.count() if episode is not None else 0
