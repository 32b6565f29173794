"""What waits for a name: the co-sign queue, and unsigned notes by age."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from documentation import waiting
from people.access import CLINICAL, READS_CHARTS, allow
from people.models import Clinic, Role, Therapist, User
from scheduling.access import StaffRequest
from web.forms import TidyForm
from web.responses import render_page_or_piece

COSIGNS = (Role.OWNER, Role.THERAPIST)
SEES_EVERYBODYS = (Role.OWNER, Role.BILLER, Role.AUDITOR)


@allow(*COSIGNS)
@require_safe
def cosign_queue(request: StaffRequest) -> HttpResponse:
    """Signed notes that wait: those this therapist answers for stand first."""
    mine = list(waiting.mine_to_cosign(request.user))
    context = {
        "mine": mine,
        "others": waiting.others_to_cosign(request.user),
        "first_url": waiting.queued(mine[0]) if mine else "",
    }
    return render(request, "documentation/cosign.html", context)


@allow(*COSIGNS)
@require_safe
def cosign_badge(request: StaffRequest) -> HttpResponse:
    """How many this therapist is to co-sign; names nobody, so it is no reading of a chart."""
    count = waiting.mine_to_cosign(request.user).count()
    return render(
        request, "documentation/_waiting_badge.html", {"count": count, "of": "to co-sign"}
    )


class UnsignedForm(TidyForm):
    """Whose notes, and where."""

    clinic = forms.ModelChoiceField(
        Clinic.objects.none(), required=False, empty_label="All clinics"
    )
    therapist = forms.ModelChoiceField(
        Therapist.objects.none(), required=False, empty_label="Everybody"
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clinics = user.visible_clinics()
        self._offer("clinic", clinics)
        self._offer(
            "therapist",
            Therapist.objects.filter(is_active=True, user__clinics__in=clinics)
            .select_related("user")
            .distinct(),
        )

    def _offer(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows


@allow(*READS_CHARTS)
@require_safe
def unsigned(request: StaffRequest) -> HttpResponse:
    """Unsigned notes by who has to write them, the oldest first. A clinician sees their own and
    those that are written for them; owners, billers and auditors see everybody's."""
    user = request.user
    sees_everybodys = user.has_role(*SEES_EVERYBODYS)
    form = UnsignedForm(request.GET, user=user)
    form.is_valid()
    writer = form.cleaned_data.get("therapist") if sees_everybodys else _own(user)
    notes = waiting.unsigned(user, clinic=form.cleaned_data.get("clinic"), writer=writer)
    late_after = waiting.late_after()
    hands = waiting.by_hands(notes, today=waiting.today_of(user), late_after=late_after)
    context = {
        "hands": hands,
        "ages": waiting.counts(hands),
        "count": sum(len(each.notes) for each in hands),
        "late": sum(each.late for each in hands),
        "late_after": late_after,
        "form": form,
        "sees_everybodys": sees_everybodys,
        "may_write": user.has_role(*CLINICAL),
    }
    return render_page_or_piece(
        request,
        page="documentation/unsigned.html",
        piece="documentation/_unsigned_rows.html",
        context=context,
    )


@allow(*READS_CHARTS)
@require_safe
def unsigned_badge(request: StaffRequest) -> HttpResponse:
    """How many are late; names nobody, so it is no reading of a chart."""
    user = request.user
    writer = None if user.has_role(*SEES_EVERYBODYS) else _own(user)
    count = waiting.late_count(user, writer=writer, today=waiting.today_of(user))
    return render(
        request, "documentation/_waiting_badge.html", {"count": count, "of": "late to sign"}
    )


def _own(user: User) -> Therapist:
    """The clinician themselves; an account without a license has no notes to write."""
    own = Therapist.objects.select_related("user").filter(user=user).first()
    return own or Therapist(pk=0)
