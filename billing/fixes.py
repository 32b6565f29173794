"""Where a finding is put right: the page behind the field that a check names."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse, reverse_lazy
from django.utils.functional import Promise

from billing.earlier_payers import earlier_claims
from billing.models import Claim, Finding


@dataclass(frozen=True)
class Fix:
    label: str
    url: str | Promise


def link_to_fix(finding: Finding, claim: Claim) -> Fix | None:
    """The page to open, or None when the finding has no field."""
    thing = finding.field.partition(".")[0]
    if finding.field == "claim.earlier":
        return _earlier(claim)
    episode = claim.visit.episode
    if finding.field == "patient.notices":
        return Fix("Notices", reverse("billing:patient-medicare", args=[claim.patient_id]))
    if thing == "patient":
        return Fix("Patient", reverse("people:patient-edit", args=[claim.patient_id]))
    if thing in {"coverage", "authorization"}:
        return _card(thing, claim)
    if thing == "note" or finding.field in {"visit.services", "visit.date_of_service"}:
        return Fix("Note", reverse("documentation:note", args=[claim.visit.note.pk]))
    if thing in {"episode", "plan_of_care", "visit"}:
        if episode is not None and finding.field != "visit.place_of_service":
            return Fix("Case", reverse("documentation:episode", args=[episode.pk]))
        return Fix("Chart", reverse("documentation:chart", args=[claim.patient_id]))
    if finding.field == "claim.lines":
        return Fix("Lines", f"{claim.get_absolute_url()}#lines-title")
    if thing == "claim":
        return Fix("Claims", reverse("billing:patient-claims", args=[claim.patient_id]))
    return FIXED_PAGES.get(finding.field) or FIXED_PAGES.get(thing)


def _earlier(claim: Claim) -> Fix | None:
    """The claim to the payer before this one, where its decision stands."""
    before = earlier_claims(claim)
    return Fix("Earlier claim", before[-1].get_absolute_url()) if before else None


FIXED_PAGES = {
    "payer.fees": Fix("Fees", reverse_lazy("billing:fees")),
    "payer": Fix("Policies", reverse_lazy("billing:policies")),
    "practice": Fix("Practice", reverse_lazy("people:practice")),
    "provider": Fix("Staff", reverse_lazy("people:staff")),
    "referring_provider": Fix("Referring providers", reverse_lazy("people:referrers")),
}


def _card(thing: str, claim: Claim) -> Fix:
    if claim.coverage is None:
        return Fix("Add a card", reverse("people:coverage-new", args=[claim.patient_id]))
    if thing == "authorization":
        return Fix("Authorizations", reverse("people:patient", args=[claim.patient_id]))
    return Fix("Card", reverse("people:coverage-edit", args=[claim.coverage.pk]))
