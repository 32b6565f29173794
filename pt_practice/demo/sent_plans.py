"""Plans of care on their way: one waits with its provider, one was signed on the link this morning,
one came back with a remark, and of one the time ran out."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from documentation import plan_answers, plan_content, plan_sending
from documentation.frozen import sha256_of
from documentation.models import PlanOfCare, PlanPdf, PlanSending
from people import audit, links

DAYS = 14
FAXED = "Fax receipt, 1 page confirmed"
REMARK = "Please start with once a week until the cardiology visit, then twice."
COURSES: tuple[dict[str, Any], ...] = (
    {"days_ago": 3, "handed_over": FAXED},
    {"days_ago": 2, "answer": "sign"},
    {"days_ago": 4, "answer": "return"},
    {"days_ago": 20, "handed_over": FAXED},
)


def build_sent_plans() -> None:
    """The plans that nobody has signed yet, as far as the courses go."""
    plans = (
        PlanOfCare.objects.filter(signed_on=None, episode__discharged_on=None)
        .exclude(episode__referring_provider=None)
        .select_related(
            "episode__patient",
            "episode__clinic",
            "episode__referring_provider",
            "episode__therapist__user",
        )
        .order_by("-starts_on", "pk")
    )
    for plan, course in zip(plans[: len(COURSES)], COURSES, strict=False):
        sending = _sent(plan, timezone.now() - dt.timedelta(days=course["days_ago"]))
        if "handed_over" in course:
            plan_sending.handed_over(
                sending=sending,
                proof=course["handed_over"],
                by=plan.episode.therapist.user,
                at=sending.sent_at + dt.timedelta(minutes=12),
            )
        _answered(sending, course.get("answer", ""))


def _sent(plan: PlanOfCare, at: dt.datetime) -> PlanSending:
    """What `plan_sending.put_out` writes, a few days ago."""
    episode = plan.episode
    provider, therapist = episode.referring_provider, episode.therapist
    assert provider is not None
    content = plan_content.content_of(plan, provider=provider, by=therapist)
    content["established"]["established_at"] = at.isoformat()
    sending = PlanSending.objects.create(
        plan=plan,
        provider=provider,
        content=content,
        content_sha256=sha256_of(content),
        sent_at=at,
        sent_by=therapist.user,
        expires_at=at + dt.timedelta(days=DAYS),
    )
    PlanPdf.objects.create(sending=sending)
    audit.record(
        by=therapist.user,
        action="plan.sent",
        patient=episode.patient,
        target=sending,
        plan=plan.pk,
        provider=provider.pk,
        sha256=sending.content_sha256,
    )
    links.make(
        purpose=plan_sending.PURPOSE,
        patient=episode.patient,
        expires_at=max(sending.expires_at, timezone.now() + dt.timedelta(minutes=1)),
        by=therapist.user,
        target=sending,
    )
    return sending


def _answered(sending: PlanSending, answer: str) -> None:
    link = plan_sending.link_of(sending)
    if not answer or link is None:
        return
    plan_answers.open_plan(link=link)
    if answer == "return":
        plan_answers.give_back(link=link, remark=REMARK)
        return
    provider = sending.content["provider"]
    name = provider["name"].removesuffix(f", {provider['credential']}")
    plan_answers.sign(link=link, name=name, credential=provider["credential"] or "MD")
