"""Staff accounts: who works here, what they may do, their licences, their temporary passwords."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from people import exports, sheets, staff
from people.access import OVERSIGHT, StaffRequest, allow
from people.forms.rows import status_of
from people.forms.staff import AccountForm, TherapistForm
from people.models import Clinic, Role, Therapist, User
from web.responses import go_to

LICENCE_WARNING = dt.timedelta(days=60)
NO_OTHER_OWNER = "Somebody must stay the owner: give another person that role first."


@allow(*OVERSIGHT)
@require_safe
def accounts(request: StaffRequest) -> HttpResponseBase:
    today = timezone.localdate()
    rows = [
        {
            "account": account,
            "therapist": therapist,
            "roles": [Role(role).label for role in account.roles],
            "licence": _licence_state(therapist, today) if therapist else "",
            "lacks_licence": therapist is None and account.has_role(*staff.TREATING_ROLES),
        }
        for account in User.objects.order_by("-is_active", "last_name", "first_name")
        .select_related("therapist")
        .prefetch_related("clinics")
        for therapist in [getattr(account, "therapist", None)]
    ]
    if exports.is_asked(request):
        return exports.export(request, name="staff", columns=sheets.STAFF, rows=rows)
    context = {"rows": rows, "may_write": request.user.has_role(Role.OWNER)}
    return render(request, "people/staff.html", context)


def _licence_state(therapist: Therapist, today: dt.date) -> str:
    """Whether the licence (or a student's placement) still stands: "expired", "expiring" within
    60 days, or "current"."""
    ends_on = therapist.may_treat_until
    if ends_on < today:
        return "expired"
    return "expiring" if ends_on <= today + LICENCE_WARNING else "current"


@allow(Role.OWNER)
def account_new(request: StaffRequest) -> HttpResponse:
    clinics = list(Clinic.objects.filter(is_active=True)[:2])
    only_clinic = {"clinics": clinics} if len(clinics) == 1 else {}
    form = AccountForm(request.POST or None, by=request.user, initial=only_clinic)
    licence = _licence_form(request, form, None)
    if form.is_bound and form.is_valid() and _is_usable(form, licence):
        try:
            made = staff.create_account(
                by=request.user,
                therapist=licence.new_values() if form.treats else None,
                **form.new_values(),
            )
        except ValidationError as error:
            form.refuse(error)
        else:
            return _show_password(request, made, is_new=True)
    context = {"form": form, "licence": licence, "account": None}
    return render(request, "people/account_edit.html", context, status=status_of(form))


@allow(Role.OWNER)
def account_edit(request: StaffRequest, pk: int) -> HttpResponse:
    account = get_object_or_404(User, pk=pk)
    therapist = Therapist.objects.filter(user=account).first()
    form = AccountForm(
        request.POST or None,
        instance=account,
        initial={"clinics": list(account.clinics.all())},
        by=request.user,
    )
    licence = _licence_form(request, form, therapist)
    if form.is_bound and form.is_valid() and _is_usable(form, licence):
        wanted = None
        if form.treats:
            wanted = licence.new_values() if therapist is None else licence.changes()
        try:
            staff.change_account(
                account=account, by=request.user, therapist=wanted, **form.changes()
            )
        except staff.LastOwner:
            form.add_error("roles", NO_OTHER_OWNER)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "The changes are saved.")
            return go_to(request, reverse("people:staff"))
    context = {
        "form": form,
        "licence": licence,
        "account": account,
        "therapist": therapist,
        "licence_state": _licence_state(therapist, timezone.localdate()) if therapist else "",
        "is_own": account.pk == request.user.pk,
    }
    return render(request, "people/account_edit.html", context, status=status_of(form))


@allow(Role.OWNER)
@require_POST
def account_deactivate(request: StaffRequest, pk: int) -> HttpResponse:
    account = get_object_or_404(User, pk=pk)
    try:
        staff.deactivate(account=account, by=request.user)
    except staff.OwnAccount:
        messages.error(request, "You cannot end the account you are working with.")
    except staff.LastOwner:
        messages.error(request, NO_OTHER_OWNER)
    else:
        messages.success(request, f"{account}'s account is ended; open sessions are closed.")
    return go_to(request, reverse("people:staff"))


@allow(Role.OWNER)
@require_POST
def account_reactivate(request: StaffRequest, pk: int) -> HttpResponse:
    return _with_new_password(request, pk, staff.reactivate)


@allow(Role.OWNER)
@require_POST
def account_new_password(request: StaffRequest, pk: int) -> HttpResponse:
    return _with_new_password(request, pk, staff.reset_password)


def _with_new_password(
    request: StaffRequest, pk: int, verb: Callable[..., staff.NewAccount]
) -> HttpResponse:
    account = get_object_or_404(User, pk=pk)
    return _show_password(request, verb(account=account, by=request.user), is_new=False)


def _show_password(request: StaffRequest, made: staff.NewAccount, *, is_new: bool) -> HttpResponse:
    """The one answer that carries the password; it stands in no session, log or address."""
    context = {
        "account": made.account,
        "temporary_password": made.temporary_password,
        "is_new": is_new,
    }
    return render(request, "people/temporary_password.html", context)


def _licence_form(
    request: StaffRequest, form: AccountForm, therapist: Therapist | None
) -> TherapistForm:
    """The licence section; what was typed there counts only when a treating role is chosen."""
    counts = form.is_bound and form.is_valid() and form.treats
    roles = form.cleaned_data["roles"] if counts else []
    return TherapistForm(
        request.POST if counts else None, instance=therapist, by=request.user, roles=roles
    )


def _is_usable(form: AccountForm, licence: TherapistForm) -> bool:
    return not form.treats or licence.is_valid()
