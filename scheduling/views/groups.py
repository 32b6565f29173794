"""A group on its page and in the panel: who is in it, moving it, calling it off."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from people.access import allow
from scheduling import answers, availability, groups, joining, slots
from scheduling.access import BOOKS, SEES_THE_DAY, StaffRequest, find_group, open_group
from scheduling.answers import Refusal
from scheduling.facts import GroupChanged, MemberStands, NotBookable, SlotTaken
from scheduling.forms.booking import CancelForm, as_choice, with_picked_time
from scheduling.forms.groups import HintForm, MoveGroupForm
from scheduling.models import Appointment, Group
from scheduling.views import clinic_of, form_answer
from scheduling.views.moving import answer_move
from web.responses import announce, go_to, render_page_or_piece, tell, wants_piece
from web.templatetags.pt import clock


@allow(*SEES_THE_DAY)
@require_safe
def group(request: StaffRequest, pk: int) -> HttpResponse:
    found = open_group(pk, by=request.user)
    return render_page_or_piece(
        request,
        page="scheduling/group.html",
        piece="scheduling/_group.html",
        context=_card_context(request, found),
    )


def _card_context(request: StaffRequest, found: Group) -> dict[str, Any]:
    rows = Appointment.objects.filter(group=found).for_day_sheet()
    members = list(rows.order_by("patient__last_name", "patient__first_name", "pk"))
    now = timezone.now().astimezone(found.clinic.zone)
    live = [member for member in members if member.is_live]
    return {
        "group": found,
        "members": live,
        "gone": [member for member in members if not member.is_live],
        "in_panel": wants_piece(request),
        "may_book": request.user.has_role(*BOOKS),
        "may_arrive": found.starts_at.astimezone(found.clinic.zone).date() <= now.date(),
        "may_move": bool(live) and all(member.is_movable for member in live),
        "may_cancel": bool(live) and all("cancelled" in member.may_follow for member in live),
        "cancel_form": CancelForm(),
    }


@allow(*BOOKS)
def group_move(request: StaffRequest, pk: int) -> HttpResponse:
    """The form, and the door of the drag on the Day."""
    is_asked = request.method == "POST"
    found = (find_group if is_asked else open_group)(pk, by=request.user)
    typed = with_picked_time(request.POST) if is_asked else None
    form = MoveGroupForm(typed, group=found, by=request.user)

    def say(moved: Group) -> HttpResponse:
        return _done(request, moved, f"{moved.type} now meets on {_when(moved)}.")

    def show(refusal: Refusal | None) -> HttpResponse:
        if isinstance(refusal, GroupChanged):
            # Pressing once more is then a decision made in sight of what somebody else did.
            form.agree_to(refusal.current.version)
        context = {"form": form, "group": found} | _refusal_context(request, form, refusal)
        return form_answer(request, "group_move", form, refusal, context)

    return answer_move(request, form, groups.move_group, done=say, show=show)


def _refusal_context(
    request: StaffRequest, form: MoveGroupForm, refusal: Refusal | None
) -> dict[str, Any]:
    """What stands in the way in words, and when therapist and room are free for the group."""
    if refusal is None:
        return {}
    told = answers.in_json(refusal, to=request.user)
    if not isinstance(refusal, SlotTaken):
        return {"refusal": told}
    asked = form.asked()
    now = timezone.now()
    free = availability.free_times(
        asked["starts_at"],
        minutes=asked["minutes"],
        clinic=form.clinic,
        therapist=asked["therapist"],
        patient=None,
        room=asked["room"],
        appointment_type=form.group.type,
        but_group=form.group,
        not_before=now if asked["starts_at"] > now else None,
    )
    choices = [as_choice(at, wanted=asked["starts_at"], clinic=form.clinic) for at in free]
    return {"refusal": told, "free": choices}


@allow(*BOOKS)
def group_cancel(request: StaffRequest, pk: int) -> HttpResponse:
    """Asks why, on a page of its own where there is no script; from the card it comes with it."""
    form = CancelForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        found = find_group(pk, by=request.user)
        form.is_valid()
        try:
            found = groups.cancel_group(
                group=found, reason=form.cleaned_data.get("reason", ""), by=request.user
            )
        except NotBookable as problem:
            if not form.errors:
                form.refuse(problem)
        except MemberStands as problem:
            return _refused(request, found, problem)
        else:
            return _done(request, found, f"{found.type} on {_when(found)} is cancelled.")
    else:
        found = open_group(pk, by=request.user)
    context = _card_context(request, found) | {"cancel_form": form, "form": form}
    return form_answer(request, "group_cancel", form, None, context)


def _refused(request: StaffRequest, found: Group, refusal: MemberStands) -> HttpResponse:
    if wants_piece(request):
        response = HttpResponse(status=answers.status_of(refusal))
        return tell(announce(response, "day-changed"), refusal.sentence, level="danger")
    messages.error(request, refusal.sentence)
    return go_to(request, found.get_absolute_url())


def _done(request: StaffRequest, found: Group, told: str) -> HttpResponse:
    """Say it, have the Day fetch itself again, and show the card where a form stood."""
    if not wants_piece(request):
        messages.success(request, told)
        return go_to(request, found.get_absolute_url())
    found = open_group(found.pk, by=request.user)
    response = render(request, "scheduling/_group.html", _card_context(request, found))
    return tell(announce(response, "day-changed"), told)


def _when(found: Group) -> str:
    at = found.starts_at.astimezone(found.clinic.zone)
    return f"{at:%A, %B} {at.day} at {clock(at)}"


@allow(*BOOKS)
@require_safe
def group_hint(request: StaffRequest) -> HttpResponse:
    """The line under the booking form that says which group the patient would join."""
    clinic = clinic_of(request)
    if clinic is None:
        raise Http404("You do not work in any clinic yet.")
    form = HintForm(request.GET, clinic=clinic)
    found = None
    if form.is_valid():
        values = form.cleaned_data
        found = joining.group_at(
            slots.instant(values["date"], values["time"], clinic.zone),
            therapist=values["therapist"],
            clinic=clinic,
            appointment_type=values["appointment_type"],
        )
    return render(request, "scheduling/_group_hint.html", {"group": found})
