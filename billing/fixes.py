"""Where a finding is put right: the page behind the field that a check names.

A field is `thing.part`. Several pages may serve; the first that a person may open is theirs. Where
there is none, the work is somebody else's, and the finding says whose.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import resolve, reverse

from billing.earlier_payers import earlier_claims
from billing.models import Claim, Finding
from people.models import Role, User


@dataclass(frozen=True)
class Fix:
    """`url` is empty where the page is for `whose` alone."""

    label: str
    url: str
    whose: str = ""


def link_to_fix(finding: Finding, claim: Claim, *, by: User) -> Fix | None:
    """The page to open, or None when the finding has no field."""
    pages = list(_pages(finding.field, claim))
    for label, url in pages:
        if by.has_role(*_roles_of(url)):
            return Fix(label, url)
    if not pages:
        return None
    label, url = pages[0]
    return Fix(label, "", whose=Role(_roles_of(url)[0]).label)


def _roles_of(url: str) -> tuple[str, ...]:
    rule: tuple[str, ...] = resolve(url.partition("#")[0]).func.access_rule  # type: ignore[attr-defined]
    return rule


def _pages(field: str, claim: Claim) -> Iterator[tuple[str, str]]:
    """The pages where the field is changed, then those where it is only read."""
    thing, _, part = field.partition(".")
    patient = claim.patient_id
    if thing == "patient" and part == "notices":
        yield "Notices", reverse("billing:patient-medicare", args=[patient])
    elif thing == "superbill":
        yield "Superbills", reverse("billing:patient-self-pay", args=[patient])
    elif thing == "patient":
        yield "Patient", reverse("people:patient-edit", args=[patient])
        yield "Patient", reverse("people:patient", args=[patient])
    elif thing == "coverage":
        yield _card(claim)
    elif thing == "authorization":
        yield _authorization(claim)
    elif field in ("note", "visit.services", "visit.date_of_service"):
        yield "Visit", reverse("documentation:note", args=[claim.visit.note.pk])
    elif thing in ("episode", "plan_of_care", "visit"):
        yield from _case(thing, claim)
    elif thing == "claim":
        yield _claim(part, claim)
    elif thing == "clinic":
        yield "Clinic", reverse("people:clinic-edit", args=[claim.clinic_id])
    else:
        yield from _house(thing, part, claim)


def _card(claim: Claim) -> tuple[str, str]:
    """The card that is billed, else the latest, which may have been ended too early, else a new
    one."""
    held = claim.coverage or claim.patient.coverages.order_by("-starts_on", "-pk").first()
    if held is None:
        return "Add a card", reverse("people:coverage-new", args=[claim.patient_id])
    return "Card", reverse("people:coverage-edit", args=[held.pk])


def _authorization(claim: Claim) -> tuple[str, str]:
    """The one that is billed under, else the card's latest, else a new one."""
    if claim.coverage is None:
        return _card(claim)
    held = claim.authorization or claim.coverage.authorizations.order_by("-ends_on", "-pk").first()
    if held is None:
        new = reverse("people:authorization-new", args=[claim.coverage.pk])
        return "Add an authorization", new
    return "Authorization", reverse("people:authorization-edit", args=[held.pk])


def _case(thing: str, claim: Claim) -> Iterator[tuple[str, str]]:
    """The plan and the case are the therapist's to write; a biller reads them."""
    episode = claim.visit.episode
    if episode is None:
        yield "Chart", reverse("documentation:chart", args=[claim.patient_id])
        return
    if thing == "plan_of_care":
        plan = (
            episode.plans.filter(starts_on__lte=claim.visit.date_of_service)
            .order_by("-starts_on", "-pk")
            .first()
        )
        if plan is None:
            yield "Plan of care", reverse("documentation:plan-new", args=[episode.pk])
        else:
            yield "Plan of care", reverse("documentation:plan", args=[plan.pk])
    else:
        yield "Case", reverse("documentation:episode-edit", args=[episode.pk])
    yield "Case", reverse("documentation:episode", args=[episode.pk])


def _claim(part: str, claim: Claim) -> tuple[str, str]:
    if part == "lines":
        return "Lines", f"{claim.get_absolute_url()}#lines-title"
    before = earlier_claims(claim) if part == "earlier" else []
    if before:  # the claim to the payer before this one, where its decision stands
        return "Earlier claim", before[-1].get_absolute_url()
    if part == "details":
        return "Details", reverse("billing:claim-details", args=[claim.pk])
    return "Claims", reverse("billing:patient-claims", args=[claim.patient_id])


def _house(thing: str, part: str, claim: Claim) -> Iterator[tuple[str, str]]:
    """What holds for every claim: the practice, its staff, its payers and referrers."""
    if thing == "practice":
        yield "Practice", reverse("people:practice-edit")
        yield "Practice", reverse("people:practice")
    elif thing == "provider":
        yield "Staff", reverse("people:staff")
    elif thing == "referring_provider":
        episode = claim.visit.episode
        if episode is not None and episode.referring_provider_id is not None:
            yield (
                "Referring provider",
                reverse("people:referrer-edit", args=[episode.referring_provider_id]),
            )
        else:
            yield "Referring providers", reverse("people:referrers")
    elif thing == "payer" and part == "fees":
        yield "Fees", reverse("billing:fees")
    elif thing == "payer_record" and claim.payer_id is not None:
        yield "Payer", reverse("people:payer-edit", args=[claim.payer_id])
    elif thing in ("payer", "payer_record"):
        yield "Policies", reverse("billing:policies")
