"""A plan of care as one value: what is sent, signed, hashed and drawn.

Its content is that of CMS Pub. 100-02, ch. 15, § 220.1.2: diagnoses, long-term goals, type, amount,
duration and frequency of treatment, and who established it.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from documentation import frozen
from documentation.models import Episode, PlanOfCare
from people.models import ReferringProvider, Therapist

VERSION = 1
# Since the second kind of signature the signed copy bears a code to verify it by. The first kind
# does not say which it is; its papers keep the bytes they have.
SIGNATURE_VERSION = 2
SOURCE = "CMS Pub. 100-02, ch. 15, § 220.1.2"
# What the provider puts their name under (CMS Pub. 100-02, ch. 15, § 220.1.3).
STATEMENT = (
    "I certify the need for these services, furnished under this plan of care and while the "
    "patient is under my care."
)
Content = dict[str, Any]


def content_of(plan: PlanOfCare, *, provider: ReferringProvider, by: Therapist) -> Content:
    """The plan as it stands now, established by this therapist, for this provider."""
    episode = plan.episode
    return {
        "version": VERSION,
        "practice": frozen.practice_of(episode.clinic),
        "clinic": frozen.clinic_of(episode.clinic),
        "patient": frozen.patient_of(episode.patient),
        "provider": {
            "id": provider.pk,
            "name": str(provider),
            "credential": provider.credential,
            "npi": provider.npi,
            "phone": provider.phone,
            "fax": provider.fax,
        },
        "case": {
            name: value
            for name, value in frozen.case_of(episode).items()
            if name != "referring_provider"
        },
        "plan": _plan(plan),
        "established": frozen.signer_of(by) | {"established_at": timezone.now().isoformat()},
        "statement": STATEMENT,
    }


def says_the_same(content: Content, plan: PlanOfCare) -> bool:
    """Whether a plan that was sent still says what it said: its treatment, diagnoses and goals. A
    goal that was met meanwhile changes nothing."""
    case = frozen.case_of(plan.episode)
    return _essence(content["plan"], content["case"]) == _essence(_plan(plan), case)


def missing_from(episode: Episode) -> list[str]:
    """What a plan needs before it can go to anybody, in words."""
    missing = []
    if not episode.diagnoses.exists():
        missing.append("a diagnosis")
    if not episode.goals.exists():
        missing.append("a long-term goal")
    return missing


def _plan(plan: PlanOfCare) -> Content:
    validity = frozen.validity_of(plan)
    return {
        "id": plan.pk,
        "starts_on": plan.starts_on.isoformat(),
        "amount_per_day": plan.amount_per_day,
        "frequency_per_week": plan.frequency_per_week,
        "duration_weeks": plan.duration_weeks,
        "interventions": plan.interventions,
        "valid_through_on": validity.through.isoformat(),
        "limit": validity.limit,
        "source": validity.source,
    }


def _essence(plan: Content, case: Content) -> Content:
    goals = [
        {name: value for name, value in goal.items() if name != "met_on"} for goal in case["goals"]
    ]
    return {"plan": plan, "diagnoses": case["diagnoses"], "goals": goals}
