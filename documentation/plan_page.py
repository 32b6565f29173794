"""What the plan's page tells of its way to the provider: each step, and what can be done now."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from documentation.models import Episode, PlanOfCare, PlanPdf, PlanSending, ProviderLetter
from documentation.plan_forms import ways_to
from documentation.plan_sending import link_of
from documentation.rules.codes import code_of
from web.templatetags.pt import phone

Status, Why = PlanSending.Status, PlanSending.Why
MOST_TOLD = 20
TONES = {
    Status.OPEN: "info",
    Status.SIGNED: "success",
    Status.RETURNED: "warning",
    Status.WITHDRAWN: "muted",
    Status.EXPIRED: "muted",
}
BACK = {
    Why.CHANGED: "The plan was changed: the link answers that a newer one comes",
    Why.TAKEN_BACK: "Taken back",
    Why.SENT_AGAIN: "Replaced by the next one",
}


@dataclass(frozen=True)
class Step:
    """One thing that happened."""

    at: dt.datetime
    icon: str
    words: str
    more: str = ""


@dataclass(frozen=True)
class Sent:
    """A plan that was sent, how it stands, and what happened to it, the first thing first."""

    sending: PlanSending
    label: str
    tone: str
    steps: list[Step]
    pdfs: list[PlanPdf]
    has_link: bool
    ways: list[tuple[str, str]]

    @property
    def verify_code(self) -> str:
        """By which anybody can verify the signed copy; none before it is signed."""
        return code_of(self.sending.signed_sha256) if self.sending.signed_sha256 else ""

    @property
    def can_be_sent_again(self) -> bool:
        """Nobody can answer it on its link any more."""
        return self.sending.has_expired or (self.sending.is_open and self.sending.is_locked)


def sent_of(plan: PlanOfCare) -> list[Sent]:
    """All that was sent of the plan, the newest first."""
    rows = (
        PlanSending.objects.filter(plan=plan)
        .select_related("sent_by", "closed_by", "seen_by", "provider")
        .defer("image")
        .prefetch_related("pdfs")
    )
    letters: dict[int, list[ProviderLetter]] = defaultdict(list)
    for letter in ProviderLetter.objects.filter(sending__plan=plan).order_by("pk"):
        letters[letter.sending_id or 0].append(letter)
    return [
        Sent(
            sending,
            *state_of(sending),
            steps=_steps(sending, letters[sending.pk]),
            pdfs=list(sending.pdfs.all()),
            has_link=sending.is_open and link_of(sending) is not None,
            ways=ways_to(sending.provider),
        )
        for sending in rows
    ]


def state_of(sending: PlanSending) -> tuple[str, str]:
    """How it stands, in words and tone."""
    if sending.has_expired:
        return "Not answered in time", "warning"
    if sending.is_open and sending.is_locked:
        return "Link closed", "danger"
    return sending.get_status_display(), TONES[Status(sending.status)]


def _steps(sending: PlanSending, letters: list[ProviderLetter]) -> list[Step]:
    steps = [
        Step(sending.sent_at, "send", "Made ready to send", f"by {sending.sent_by}"),
        *map(_letter, letters),
        *_on_its_way(sending),
        *_ended(sending),
    ]
    return sorted(steps, key=lambda step: step.at)


def _on_its_way(sending: PlanSending) -> list[Step]:
    steps = []
    if sending.handed_over_at is not None:
        proof = sending.handed_over_proof
        steps.append(Step(sending.handed_over_at, "mail-forward", "Handed over", proof))
    if sending.opened_at is not None:
        steps.append(Step(sending.opened_at, "eye", "Opened on the link by the provider"))
    return steps


def _letter(letter: ProviderLetter) -> Step:
    """A fax or an e-mail: since when it waits, or how it ended."""
    status = letter.get_status_display().lower()
    if letter.is_unknown:
        status = "nobody knows whether it went out"
    to = phone(letter.to) if letter.channel == ProviderLetter.Channel.FAX else letter.to
    words = f"{letter.get_channel_display()} {f'to {to} ' if to else ''}{status}"
    icon = "mail-exclamation" if letter.needs_a_person else "mail"
    return Step(letter.sent_at or letter.created_at, icon, words, letter.problem)


def _ended(sending: PlanSending) -> list[Step]:
    if sending.is_open:
        if not sending.has_expired:
            return []
        return [Step(sending.expires_at, "clock-x", "The link ended without an answer")]
    assert sending.closed_at is not None
    if sending.status == Status.SIGNED:
        signature = sending.signature or {}
        words = f"Signed by {signature['name']}, {signature['credential']}"
        more = "on the secure link"
        if sending.how == PlanSending.How.PAPER:
            more = f"on paper: {signature['kept']}; recorded by {sending.closed_by}"
        step = Step(sending.closed_at, "writing-sign", words, more)
    elif sending.status == Status.RETURNED:
        step = Step(sending.closed_at, "arrow-back-up", "Returned", f"“{sending.remark}”")
    else:
        why = BACK[Why(sending.why)]
        step = Step(sending.closed_at, "arrow-back-up", why, f"by {sending.closed_by}")
    steps = [step]
    if sending.seen_at is not None:
        steps.append(Step(sending.seen_at, "check", f"{sending.seen_by} knows of it"))
    return steps


def brief_of(episode: Episode) -> dict[int, list[Sent]]:
    """What was sent last of each plan of the case, by plan, for the case's page."""
    rows = (
        PlanSending.objects.filter(plan__episode=episode)
        .defer("image")
        .prefetch_related("pdfs")
        .order_by("plan_id", "-sent_at", "-pk")
    )
    found: dict[int, list[Sent]] = {}
    for row in rows:
        sent = Sent(row, *state_of(row), [], list(row.pdfs.all()), has_link=False, ways=[])
        found.setdefault(row.plan_id, [sent])
    return found


def to_tell(user: Any, *, therapist: Any) -> list[PlanSending]:
    """What Today says of plans: answers that nobody has seen, links that ended unanswered. Of one
    therapist's cases, or of all that `user` may see."""
    rows = PlanSending.objects.visible_to(user).to_tell(now=timezone.now())
    if therapist is not None:
        rows = rows.filter(plan__episode__therapist=therapist)
    rows = rows.select_related("plan__episode__patient").defer("image")
    return list(rows.order_by("-closed_at", "-pk")[:MOST_TOLD])
