"""The biller's work list and the claim: what blocks it, why each unit and modifier, and release."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, Min, Q, QuerySet, Sum
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from billing import claims as verbs
from billing import ledger, secondary, sheets
from billing.adjudications import may_be_decided
from billing.earlier_payers import Shown, shown_decisions, with_patient_share
from billing.estimates_due import due_list
from billing.fixes import link_to_fix
from billing.forms import CorrectionForm, VoidForm
from billing.models import Claim, Finding, FormPrinter, PaperBatch, SuperbillVisit
from billing.models.claim import NotAllowed
from billing.paper_fit import takes_paper_only
from billing.rule_state import outdated_on
from billing.rules.balance import NOTHING
from billing.rules.diagnoses import claim_diagnoses
from billing.views.replies import answers_to
from documentation.models import Episode
from people import audit, exports
from people.access import BILLING, READS_CHARTS, StaffRequest, allow, find_visible, open_patient
from people.models import Role
from web.responses import go_to, render_page_or_piece, tell, wants_piece

SEES_CLAIMS = (Role.OWNER, Role.BILLER, Role.AUDITOR)
ON_A_PAGE = 50

Status = Claim.Status
PRINTED = ("released", "out", "done")  # groups of claims that say something frozen
FILE_SOON_DAYS = 30  # a month before the payer's last day there is still time to ask for records
ORDER = {level: place for place, level in enumerate(["error", "warning", "info"])}
# No card covers the visit, and the patient has its superbill: no payer waits for the claim.
PAID_BY_PATIENT = Q(
    payer=None, visit__in=SuperbillVisit.objects.filter(stands=True).values("visit")
)
GROUPS = {
    "work": (
        "Needs work",
        Q(status__in=[Status.DRAFT, Status.NEEDS_WORK, Status.REJECTED]) & ~PAID_BY_PATIENT,
    ),
    "ready": ("Ready", Q(status=Status.READY)),
    "released": ("Waiting for a file", Q(status=Status.RELEASED)),
    "out": ("Sent", Q(status__in=[Status.BATCHED, Status.SENT, Status.ACCEPTED])),
    "late": ("Last day near", Q(status__in=Claim.UNSENT)),
    "self": ("Self-pay", Q(status__in=[Status.DRAFT, Status.NEEDS_WORK]) & PAID_BY_PATIENT),
    "done": ("Closed", Q(status__in=[Status.PAID, Status.DENIED, Status.VOID])),
}


def _of(group: str) -> Q:
    """What a claim of the group is; "late" asks `with_deadline`."""
    test = GROUPS[group][1]
    if group != "late":
        return test
    return test & Q(file_by__lte=timezone.localdate() + dt.timedelta(days=FILE_SOON_DAYS))


def _listed(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    return (
        with_patient_share(claims)
        .select_related("patient", "payer", "visit", "visit__therapist__user")
        .prefetch_related("lines", "findings")
    )


@allow(*SEES_CLAIMS)
@require_GET
def work_list(request: StaffRequest) -> HttpResponseBase:
    """Claims by what they wait for; those that need work by what holds them."""
    group = request.GET.get("show", "work")
    group = group if group in GROUPS else "work"
    check = request.GET.get("check", "")
    if exports.is_asked(request):
        visible = Claim.objects.visible_to(request.user).with_deadline()
        rows = _chosen(visible, group, check)
        return exports.export(request, name="claims", columns=sheets.CLAIMS, rows=rows)
    return _work_list(
        request,
        group,
        check=check,
        page=request.GET.get("page", "1"),
    )


def _work_list(
    request: StaffRequest, group: str, *, check: str = "", page: str = "1"
) -> HttpResponse:
    visible = Claim.objects.visible_to(request.user).with_deadline()
    counts = _counts(visible)
    of_group = visible.filter(_of(group))
    blockers = _blockers(of_group) if group == "work" else []
    pages = Paginator(_chosen(visible, group, check), ON_A_PAGE)
    context = {
        "group": group,
        "groups": [
            {"key": key, "label": label, **counts[key]} for key, (label, _) in GROUPS.items()
        ],
        "blockers": blockers,
        "check": check,
        "page_obj": pages.get_page(page),
        "may_release": request.user.has_role(*BILLING),
        "may_print": group in PRINTED,
        "printers": FormPrinter.objects.visible_to(request.user).select_related("clinic"),
        "today": timezone.localdate(),
        "outdated": outdated_on(timezone.localdate()),
        # Only the page around the list says it.
        "estimates_due": 0 if wants_piece(request) else len(due_list(request.user)),
    }
    return render_page_or_piece(
        request, page="billing/claims.html", piece="billing/_claims_rows.html", context=context
    )


def _chosen(visible: QuerySet[Claim], group: str, check: str) -> QuerySet[Claim]:
    """The group's claims, or those of them that this check holds."""
    chosen = visible.filter(_of(group))
    if check:
        chosen = chosen.filter(
            pk__in=Finding.objects.filter(
                check_id=check, severity=Finding.Severity.ERROR, claim__in=chosen
            ).values("claim")
        )
    return _listed(chosen).order_by(F("file_by").asc(nulls_last=True), "pk")


def _counts(claims: QuerySet[Claim]) -> dict[str, dict[str, Any]]:
    sums = claims.aggregate(
        **{
            f"{key}_{what}": measure("pk" if what == "count" else "total", filter=_of(key))
            for key in GROUPS
            for what, measure in (("count", Count), ("total", Sum))
        }
    )
    return {
        key: {"count": sums[f"{key}_count"], "total": sums[f"{key}_total"] or 0} for key in GROUPS
    }


def _blockers(claims: QuerySet[Claim]) -> list[dict[str, Any]]:
    """What holds claims, most money first: how many, how much, since when."""
    rows = (
        Finding.objects.filter(claim__in=claims, severity=Finding.Severity.ERROR)
        .order_by()
        .values("check_id")
        .annotate(
            count=Count("claim", distinct=True),
            total=Sum("claim__total"),
            oldest=Min("claim__visit__date_of_service"),
        )
        .order_by("-total", "check_id")
    )
    return [{**row, "label": row["check_id"].replace("_", " ").capitalize()} for row in rows]


def open_claim(request: StaffRequest, pk: int) -> Claim:
    """The claim with all its page shows; 404 for who may not see it."""
    claim: Claim = find_visible(
        Claim.objects.with_deadline().select_related(
            "patient",
            "clinic",
            "payer",
            "coverage",
            "authorization",
            "visit__therapist__user",
            "visit__assistant__user",
            "visit__clinic",
            "visit__episode",
            "visit__note",
            "released_by",
        ),
        pk,
        by=request.user,
    )
    return claim


@allow(*SEES_CLAIMS)
@require_GET
def claim(request: StaffRequest, pk: int) -> HttpResponse:
    """One claim whole: lines with their reasons, proof, findings with their links, versions."""
    found = open_claim(request, pk)
    audit.record(by=request.user, action="claim.viewed", patient=found.patient, target=found)
    return show(request, found)


def show(
    request: StaffRequest,
    claim: Claim,
    void_form: VoidForm | None = None,
    correction_form: CorrectionForm | None = None,
) -> HttpResponse:
    """The claim's page, or its piece, with a form that was refused."""
    episode = claim.visit.episode
    own, earlier = shown_decisions(claim)
    context = {
        "claim": claim,
        "lines": _lines(claim, earlier),
        "decided": own,
        "earlier": earlier,
        "following": secondary.next_payer(claim),
        "findings": [
            {"row": finding, "link": link_to_fix(finding, claim, by=request.user)}
            for finding in sorted(claim.findings.all(), key=lambda row: ORDER[row.severity])
        ],
        "diagnoses": _diagnoses(episode),
        "versions": claim.versions.select_related("made_by"),
        "batches": claim.batches.all(),
        "attachments": claim.attachments.all(),
        "piles": PaperBatch.objects.filter(claims=claim).defer("file_bytes"),
        "answers": answers_to(claim.pk),
        "balance": ledger.claim_balance(claim),
        "may_work": request.user.has_role(*BILLING),
        "days_left": _days_left(claim),
        "can": {
            "scrub": claim.status in verbs.OPEN,
            "release": claim.status == Claim.Status.READY,
            "take_back": claim.status == Claim.Status.RELEASED
            and claim.frequency != Claim.Frequency.VOIDED,
            "mend": claim.status == Claim.Status.REJECTED
            and claim.frequency != Claim.Frequency.VOIDED,
            "void": claim.status in verbs.CLOSABLE and claim.frequency == Claim.Frequency.ORIGINAL,
            "correct": claim.status in Claim.DECIDED,
            "decide": may_be_decided(claim),
            "void_again": claim.status == Claim.Status.REJECTED
            and claim.frequency == Claim.Frequency.VOIDED,
        },
        "void_form": void_form or VoidForm(),
        "correction_form": correction_form
        or CorrectionForm(
            initial={
                "payer_control_number": claim.payer_control_number,
                "reason": claim.correction_reason,
            }
        ),
    }
    return render_page_or_piece(
        request, page="billing/claim.html", piece="billing/_claim.html", context=context
    )


def _diagnoses(episode: Episode | None) -> list[dict[str, Any]]:
    """The case's, each with whether the claim holds it."""
    if episode is None:
        return []
    rows = list(episode.diagnoses.order_by("position"))
    kept = set(claim_diagnoses([row.code for row in rows]).kept)
    return [{"row": row, "is_kept": row.code in kept} for row in rows]


def _lines(claim: Claim, earlier: list[Shown]) -> list[dict[str, Any]]:
    """The claim's lines, each with what earlier payers paid and the last one left; None where they
    decided the claim as a whole."""
    told = [{line.number: line for line in each.lines} for each in earlier]
    lines = []
    for row in claim.lines.select_related("code", "rendering__user"):
        known = [of_payer[row.number] for of_payer in told if row.number in of_payer]
        lines.append(
            {
                "row": row,
                "paid_before": sum((line.paid for line in known), NOTHING) if known else None,
                "left": known[-1].share if known else None,
            }
        )
    return lines


def _days_left(claim: Claim) -> int | None:
    """Days to the payer's last day, by the clinic's calendar; None once it is sent."""
    file_by: dt.date | None = getattr(claim, "file_by", None)
    if file_by is None or not claim.is_unsent:
        return None
    return (file_by - timezone.localdate(timezone=claim.clinic.zone)).days


@allow(*BILLING)
@require_POST
def scrub(request: StaffRequest, pk: int) -> HttpResponse:
    found = verbs.scrub(claim=open_claim(request, pk), by=request.user)
    errors = found.findings.filter(severity=Finding.Severity.ERROR).count()
    said = "Nothing holds this claim." if not errors else f"{errors} to mend."
    return after(request, found, said, level="success" if not errors else "warning")


@allow(*BILLING)
@require_POST
def release(request: StaffRequest, pk: int) -> HttpResponse:
    found = open_claim(request, pk)
    try:
        verbs.release(claim=found, by=request.user)
    except verbs.NotReady:
        # The refusal rolled back its own scrub: keep what it found for the biller to see.
        verbs.scrub(claim=found, by=request.user)
        return after(request, found, "Something still holds this claim.", level="danger")
    except NotAllowed:
        return after(request, found, "Somebody released it a moment ago.", level="warning")
    if takes_paper_only(found):
        return after(request, found, "Released: it waits to be printed with the paper claims.")
    return after(request, found, "Released: it goes into the next file.")


@allow(*BILLING)
@require_POST
def take_back(request: StaffRequest, pk: int) -> HttpResponse:
    """A released claim comes back to the list, and so does one that the payer turned back."""
    found = open_claim(request, pk)
    was_rejected = found.status == Claim.Status.REJECTED
    try:
        verbs.take_back(claim=found, by=request.user)
    except (NotAllowed, verbs.PayerHasIt):
        return after(request, found, "It is in a file already.", level="danger")
    if was_rejected:
        return after(request, found, "Opened for mending: release it again when it is right.")
    return after(request, found, "Taken back: its charges are reversed.")


@allow(*BILLING)
@require_POST
def void(request: StaffRequest, pk: int) -> HttpResponse:
    found = open_claim(request, pk)
    form = VoidForm(request.POST)
    if not form.is_valid():
        return show(request, found, void_form=form)
    try:
        verbs.void(claim=found, by=request.user, reason=form.cleaned_data["reason"])
    except (NotAllowed, verbs.PayerHasIt):
        return after(request, found, "A claim that has left cannot be closed here.", level="danger")
    return after(request, found, "Closed: it will never be sent.")


def after(
    request: StaffRequest, claim: Claim, message: str, *, level: str = "success"
) -> HttpResponse:
    """The claim as it stands after an act, with what came of it."""
    if wants_piece(request):
        return tell(show(request, open_claim(request, claim.pk)), message, level=level)
    return go_to(request, claim.get_absolute_url())


@allow(*BILLING)
@require_POST
def release_many(request: StaffRequest) -> HttpResponse:
    """Release the ticked claims; each stands alone, so one that fails holds up no other."""
    chosen = Claim.objects.visible_to(request.user).filter(
        pk__in=[pk for pk in request.POST.getlist("claim") if pk.isdigit()],
        status=Claim.Status.READY,
    )
    released = held = 0
    for each in chosen.order_by("pk"):
        try:
            verbs.release(claim=each, by=request.user)
            released += 1
        except (verbs.NotReady, NotAllowed):
            verbs.scrub(claim=each, by=request.user)
            held += 1
    said = f"{released} released" + (f", {held} held back by a check" if held else "") + "."
    if not wants_piece(request):
        messages.success(request, said)
        return go_to(request, f"{reverse('billing:claims')}?show=ready")
    return tell(_work_list(request, "ready"), said, level="warning" if held else "success")


@allow(*READS_CHARTS)
@require_GET
def patient_claims(request: StaffRequest, pk: int) -> HttpResponse:
    """The patient's tab "Claims": every claim, and what each party owes."""
    patient = open_patient(pk, by=request.user)
    context = {
        "patient": patient,
        "claims": _listed(Claim.objects.visible_to(request.user).filter(patient=patient)),
        "balance": ledger.balance_of(patient),
        "may_open": request.user.has_role(*SEES_CLAIMS),
    }
    return render(request, "billing/patient_claims.html", context)
