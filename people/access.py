"""Who may open what: the rule on each page, and the one door to a chart.

Each view carries `@allow(...)` or `@public`; `web.middleware.DenyByDefault` refuses a view
with neither. A record comes from `open_patient` (or its like above), which scopes, then writes
down who looked.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url

from people import audit
from people.models import (
    Authorization,
    CardPhoto,
    ConsentSignature,
    Coverage,
    ImportFile,
    Patient,
    Questionnaire,
    Role,
    User,
)
from web.responses import go_to, log_in_first, wants_piece

View = Callable[..., HttpResponseBase]
SomeView = TypeVar("SomeView", bound=View)


class StaffRequest(HttpRequest):
    """A request that `allow` has let in: somebody is signed in."""

    user: User


ANY_STAFF = tuple(Role.values)
CLINICAL = (Role.OWNER, Role.THERAPIST, Role.ASSISTANT, Role.STUDENT)
DESK = (Role.OWNER, Role.FRONT_DESK)
READS_CHARTS = (*CLINICAL, Role.BILLER, Role.AUDITOR)
BILLING = (Role.OWNER, Role.BILLER)
TAKES_CARDS = (Role.OWNER, Role.FRONT_DESK, Role.BILLER)  # coverages, authorisations, referrers
SEES_CARDS = (*TAKES_CARDS, Role.AUDITOR)
OVERSIGHT = (Role.OWNER, Role.AUDITOR)
READS_INTAKES = (
    Role.OWNER,
    Role.FRONT_DESK,
    Role.THERAPIST,
    Role.ASSISTANT,
    Role.STUDENT,
    Role.AUDITOR,
)
WRITES_TO_PROVIDERS = (Role.OWNER, Role.THERAPIST, Role.ASSISTANT, Role.FRONT_DESK)
ADDS_DOCUMENTS = (*CLINICAL, Role.FRONT_DESK, Role.BILLER)
RECEIVES = (*CLINICAL, Role.FRONT_DESK)  # patients, in person


def allow(*roles: str) -> Callable[[View], View]:
    """Open a view to signed-in staff who hold one of the roles."""
    rule = roles or ANY_STAFF

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return log_in_first(request)
            if not request.user.has_role(*rule):
                raise PermissionDenied
            if _must_choose_a_password(request):
                return _choose_a_password_first(request)
            return view(request, *args, **kwargs)

        guarded.access_rule = tuple(rule)  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(view: SomeView) -> SomeView:
    """Open a view to anybody: log-in, health, error pages."""
    view.access_rule = "public"  # type: ignore[attr-defined]
    return view


def _must_choose_a_password(request: StaffRequest) -> bool:
    match = request.resolver_match
    on_account_pages = match is not None and (match.url_name or "").startswith("account_")
    return bool(request.user.password_is_temporary) and not on_account_pages


def _choose_a_password_first(request: HttpRequest) -> HttpResponse:
    """Somebody else knows a temporary password: nothing opens under it but its replacement."""
    if not wants_piece(request):
        messages.info(request, "Choose a password of your own; then everything opens.")
    return go_to(request, resolve_url("account_change_password"))


def find_visible(queryset: Any, pk: int, *, by: User) -> Any:
    """The record, if this person may see it; else 404, which does not say whether it exists."""
    try:
        return queryset.visible_to(by).get(pk=pk)
    except queryset.model.DoesNotExist:
        raise Http404("There is no such record, or it belongs to another clinic.") from None


class Merged(Exception):
    """The record asked for lives on as another name of `kept`; the middleware goes there."""

    def __init__(self, old: Patient, kept: Patient) -> None:
        super().__init__("merged")
        self.old = old
        self.kept = kept


def _follow(pk: int, *, by: User) -> None:
    """Raises `Merged`, with a line in the audit, when the record was merged into another."""
    here = Patient.objects.at_clinics_of(by).select_related("merged_into")
    old = here.filter(pk=pk, removed_at=None, merged_into__isnull=False).first()
    if old is not None:
        audit.record(by=by, action="patient.followed", patient=old.current, old=old.pk)
        raise Merged(old, old.current)


def open_patient(pk: int, *, by: User) -> Patient:
    """A patient's record, with a line in the audit that `by` looked."""
    try:
        patient: Patient = find_visible(Patient.objects.select_related("clinic"), pk, by=by)
    except Http404:
        _follow(pk, by=by)
        raise
    audit.record(by=by, action="patient.viewed", patient=patient)
    return patient


def open_coverage(pk: int, *, by: User) -> Coverage:
    """A patient's card, with a line in the audit that `by` looked."""
    cards = Coverage.objects.select_related("patient__clinic", "payer")
    coverage: Coverage = find_visible(cards, pk, by=by)
    audit.record(by=by, action="coverage.viewed", patient=coverage.patient, target=coverage)
    return coverage


def open_authorization(pk: int, *, by: User) -> Authorization:
    """An authorisation, with a line in the audit that `by` looked."""
    rows = Authorization.objects.select_related("coverage__patient__clinic", "coverage__payer")
    authorization: Authorization = find_visible(rows, pk, by=by)
    audit.record(
        by=by,
        action="authorization.viewed",
        patient=authorization.coverage.patient,
        target=authorization,
    )
    return authorization


def open_consent(pk: int, *, by: User) -> ConsentSignature:
    """A signed or declined form, with a line in the audit that `by` looked."""
    rows = ConsentSignature.objects.select_related("patient__clinic", "version__form", "taken_by")
    consent: ConsentSignature = find_visible(rows, pk, by=by)
    audit.record(by=by, action="consent.viewed", patient=consent.patient, target=consent)
    return consent


def open_import(pk: int, *, by: User) -> ImportFile:
    """A file of patients with its rows, with a line in the audit that `by` looked."""
    files = ImportFile.objects.select_related("clinic", "uploaded_by", "started_by", "undone_by")
    file: ImportFile = find_visible(files, pk, by=by)
    audit.record(by=by, action="import.viewed", target=file)
    return file


def open_questionnaire(pk: int, *, by: User) -> Questionnaire:
    """What a patient wrote down at home, with a line in the audit that `by` looked."""
    rows = Questionnaire.objects.select_related("patient__clinic", "link", "reviewed_by")
    row: Questionnaire = find_visible(rows, pk, by=by)
    audit.record(by=by, action="questionnaire.viewed", patient=row.patient, target=row)
    return row


def open_card_photo(pk: int, *, by: User) -> CardPhoto:
    """The picture of a card that was sent in, with a line in the audit that `by` looked."""
    photos = CardPhoto.objects.select_related("questionnaire__patient")
    photo: CardPhoto = find_visible(photos, pk, by=by)
    patient = photo.questionnaire.patient
    audit.record(by=by, action="card_photo.viewed", patient=patient, target=photo)
    return photo
