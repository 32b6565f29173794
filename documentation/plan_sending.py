"""A plan of care leaves the house: sent, handed over, withdrawn.

Whoever changes what a plan says locks the case first, then its plans, then what was sent of them:
so that a plan is not changed between being read and being sent. Whoever answers on a link locks
the plan, what was sent of it, and the link. (docs/decisions/0054)
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from documentation import authority, letters, plan_content
from documentation.confirming import confirm_password
from documentation.frozen import sha256_of
from documentation.models import Episode, PlanOfCare, PlanPdf, PlanSending, ProviderLetter
from people import audit, links
from people.changes import write_changes
from people.models import PatientLink, ReferringProvider, User

PURPOSE = PatientLink.Purpose.PLAN_OF_CARE
Status, Why = PlanSending.Status, PlanSending.Why
UNDER_WAY = (ProviderLetter.Status.WAITING, ProviderLetter.Status.SENDING)


class NotToSend(Exception):
    """The plan cannot be sent now; the words say what to do first."""


class AlreadyOut(NotToSend):
    """It is with the provider: of two who press at once, one learns this."""

    def __init__(self, sending: PlanSending) -> None:
        self.sending = sending
        super().__init__(f"The plan is with {sending.provider_name} already.")


class NoLongerOpen(Exception):
    """It was answered, withdrawn or replaced meanwhile. `sending` is as it is now."""

    def __init__(self, sending: PlanSending) -> None:
        self.sending = sending
        super().__init__(sending.pk)


def send(*, plan: PlanOfCare, by: User, password: str, days: int, channel: str = "") -> PlanSending:
    """Ask for the therapist's password, then freeze the plan under their name and send it out."""
    confirm_password(by=by, password=password)
    return put_out(plan=plan, by=by, days=days, channel=channel)


@transaction.atomic
def put_out(*, plan: PlanOfCare, by: User, days: int, channel: str = "") -> PlanSending:
    """Freeze the plan, ask for its PDF, make the link on which it is answered, and write the letter
    that takes it there; without a `channel` a person hands it over.

    Whoever calls this has made sure that it is `by` who sends: the screen comes through `send`,
    which asks for the password; the demo clinic sends for its own people. Raises NotToSend.
    """
    plan = locked_with_case(plan)
    episode = plan.episode
    provider, content = to_send(plan, by=by)
    _make_room(plan, by=by)
    now = timezone.now()
    sending = PlanSending.objects.create(
        plan=plan,
        provider=provider,
        content=content,
        content_sha256=sha256_of(content),
        sent_at=now,
        sent_by=by,
        expires_at=now + dt.timedelta(days=days),
    )
    PlanPdf.objects.create(sending=sending)
    audit.record(
        by=by,
        action="plan.sent",
        patient=episode.patient,
        target=sending,
        plan=plan.pk,
        provider=provider.pk,
        sha256=sending.content_sha256,
    )
    links.make(
        purpose=PURPOSE,
        patient=episode.patient,
        expires_at=sending.expires_at,
        by=by,
        target=sending,
    )
    if channel:
        _write_letter(sending, channel, by=by)
    return sending


@transaction.atomic
def write_letter(*, sending: PlanSending, channel: str, by: User) -> ProviderLetter:
    """One more letter with what is out; the one that is still on its way is not written twice.
    Raises NoLongerOpen."""
    _, sending = locked(sending)
    if not sending.is_open or sending.has_expired or sending.is_locked:
        raise NoLongerOpen(sending)
    return _write_letter(sending, channel, by=by)


def _write_letter(sending: PlanSending, channel: str, *, by: User) -> ProviderLetter:
    written = ProviderLetter.objects.filter(sending=sending, channel=channel)
    under_way = written.filter(status__in=UNDER_WAY).first()
    if under_way is not None:
        return under_way
    return letters.queue(
        kind=ProviderLetter.Kind.PLAN,
        patient=sending.patient,
        provider=sending.provider,
        source_key=f"plan:{sending.pk}:{channel}:{written.count()}",
        content_sha256=sending.content_sha256,
        by=by,
        channel=channel,
        sending=sending,
    )


def to_send(plan: PlanOfCare, *, by: User) -> tuple[ReferringProvider, plan_content.Content]:
    """To whom the plan goes, and what would be sent now. Raises NotToSend, or MayNotSign when it
    is not this person's to send."""
    episode = plan.episode
    if plan.signed_on is not None:
        raise NotToSend("This plan is signed. A new period needs a new plan.")
    provider = episode.referring_provider
    if provider is None:
        raise NotToSend("The case names no referring provider. Choose one there first.")
    therapist = authority.standing_to_establish(episode, by=by)
    missing = plan_content.missing_from(episode)
    if missing:
        raise NotToSend(f"The case still needs {' and '.join(missing)}.")
    return provider, plan_content.content_of(plan, provider=provider, by=therapist)


@transaction.atomic
def withdraw(*, sending: PlanSending, by: User) -> PlanSending:
    """Take it back: the link answers kindly, and nobody can sign. Raises NoLongerOpen."""
    _, sending = locked(sending)
    if not sending.is_open:
        raise NoLongerOpen(sending)
    _close_unanswered(sending, Status.WITHDRAWN, Why.TAKEN_BACK, by=by)
    return sending


@transaction.atomic
def handed_over(
    *, sending: PlanSending, proof: str, by: User | None, at: dt.datetime | None = None
) -> PlanSending:
    """It has left the house, and this shows it. Told twice, the first time counts."""
    plan, sending = locked(sending)
    if sending.handed_over_at is not None:
        return sending
    sending.handed_over_at, sending.handed_over_proof = at or timezone.now(), proof
    sending.save(update_fields=["handed_over_at", "handed_over_proof"])
    audit.record(
        by=by, action="plan.handed_over", patient=plan.episode.patient, target=sending, plan=plan.pk
    )
    if sending.is_open or sending.status == Status.EXPIRED:
        has_arrived(plan, proof=proof, at=sending.handed_over_at)
    return sending


def has_arrived(plan: PlanOfCare, *, proof: str, at: dt.datetime | None = None) -> None:
    """Write down the day on which the plan was transmitted, if none stands there; the caller holds
    the plan's lock."""
    day = timezone.localdate(at, plan.episode.clinic.zone)
    if plan.sent_on is None or plan.sent_on > day:
        write_changes(plan, {"sent_on": day, "sent_proof": proof})


def withdraw_changed(episode: Episode, *, by: User) -> list[PlanSending]:
    """Withdraw what was sent of the case and no longer says what the plan says; the caller holds
    the case's lock and has written the change."""
    withdrawn = []
    out = PlanSending.objects.filter(plan__episode=episode, status=Status.OPEN)
    for pk in out.order_by("plan_id").values_list("pk", flat=True):
        plan, sending = locked(PlanSending(pk=pk))
        if not sending.is_open or plan_content.says_the_same(sending.content, plan):
            continue
        _close_unanswered(sending, Status.WITHDRAWN, Why.CHANGED, by=by)
        if sending.handed_over_at is not None:
            _forget_transmission(plan, sending)
        withdrawn.append(sending)
    return withdrawn


def locked(sending: PlanSending) -> tuple[PlanOfCare, PlanSending]:
    """The plan and what was sent of it, locked in that order."""
    plan = (
        PlanOfCare.objects.select_for_update(of=("self",))
        .select_related("episode__patient", "episode__clinic")
        .get(sendings=sending.pk)
    )
    row = PlanSending.objects.select_for_update(of=("self",)).get(pk=sending.pk)
    row.plan = plan
    return plan, row


def locked_with_case(plan: PlanOfCare) -> PlanOfCare:
    """The plan, locked after its case: nobody changes its goals or diagnoses meanwhile."""
    Episode.objects.select_for_update(no_key=True).get(plans=plan.pk)
    return (
        PlanOfCare.objects.select_for_update(of=("self",))
        .select_related("episode__patient", "episode__clinic", "episode__referring_provider")
        .get(pk=plan.pk)
    )


def open_of(episode: Episode) -> list[PlanSending]:
    """What is out of the case's plans."""
    out = PlanSending.objects.filter(plan__episode=episode, status=Status.OPEN)
    return list(out.order_by("pk"))


def link_of(sending: PlanSending) -> PatientLink | None:
    """The link that opens it now, if one does."""
    rows = PatientLink.objects.filter(
        purpose=PURPOSE,
        target_id=sending.pk,
        revoked_at=None,
        used_at=None,
        expires_at__gt=timezone.now(),
    )
    return rows.order_by("-pk").first()


def address_of(link: PatientLink) -> str:
    """What the provider opens."""
    return str(
        settings.PUBLIC_URL + reverse("documentation:plan-link", args=[links.token_of(link)])
    )


@transaction.atomic
def show_link(*, sending: PlanSending, by: User) -> str:
    """The address, for whoever hands it to the provider; who asked for it is written down."""
    link = link_of(sending)
    if link is None or not sending.is_open:
        raise NoLongerOpen(sending)
    audit.record(by=by, action="plan.link_shown", patient=sending.patient, target=sending)
    return address_of(link)


def _make_room(plan: PlanOfCare, *, by: User) -> None:
    """A sending that nobody can answer on its link any more gives way to the next."""
    for sending in PlanSending.objects.select_for_update().filter(plan=plan, status=Status.OPEN):
        sending.plan = plan
        if not sending.has_expired and not sending.is_locked:
            raise AlreadyOut(sending)
        status = Status.EXPIRED if sending.has_expired else Status.WITHDRAWN
        _close_unanswered(sending, status, Why.SENT_AGAIN, by=by)


def _close_unanswered(sending: PlanSending, status: str, why: str, *, by: User) -> None:
    sending.status, sending.why = status, why
    sending.closed_at, sending.closed_by = timezone.now(), by
    sending.save(update_fields=["status", "why", "closed_at", "closed_by"])
    links.revoke(purpose=PURPOSE, target=sending)
    audit.record(
        by=by,
        action=f"plan.{status}",
        patient=sending.patient,
        target=sending,
        plan=sending.plan_id,
        why=why,
    )


def _forget_transmission(plan: PlanOfCare, sending: PlanSending) -> None:
    """What was transmitted is not what the plan says now: the day that rests on it goes."""
    if plan.sent_proof == sending.handed_over_proof:
        write_changes(plan, {"sent_on": None, "sent_proof": ""})
