"""A clinician's own favorites and templates: kept from the session, renamed and removed here."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from documentation import aids
from documentation.models import SessionAid, SessionPreferences
from documentation.models.session_aids import NAME_LENGTH
from documentation.rules.aids import NothingToKeep
from documentation.rules.session import NotASession
from documentation.session_forms import read_json
from people.access import CLINICAL, allow, find_visible
from scheduling.access import StaffRequest
from web.responses import go_to

HERE = "documentation:session-aids"


class NameForm(forms.Form):
    name = forms.CharField(max_length=NAME_LENGTH)


class PreferencesForm(forms.ModelForm):
    class Meta:
        model = SessionPreferences
        fields = ["timer_forgotten_after"]


@allow(*CLINICAL)
@require_http_methods(["GET", "HEAD", "POST"])
def session_aids(request: StaffRequest) -> HttpResponse:
    """All that this person keeps; POST keeps how the session page behaves for them."""
    preferences = SessionPreferences.of(request.user)
    form = PreferencesForm(request.POST or None, instance=preferences)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return go_to(request, reverse(HERE))
    kept = SessionAid.objects.visible_to(request.user)
    context = {
        "form": form,
        "templates": [aid for aid in kept if aid.kind == SessionAid.Kind.TEMPLATE],
        "favorites": [aid for aid in kept if aid.kind == SessionAid.Kind.FAVORITE],
    }
    status = 422 if form.errors else 200
    return render(request, "documentation/session_aids.html", context, status=status)


@allow(*CLINICAL)
@require_POST
def aid_keep(request: StaffRequest) -> HttpResponse:
    """Keep one from the session page; answers with it as the page uses it."""
    try:
        typed = read_json(request)
        form = NameForm({"name": typed.get("name")})
        if not form.is_valid():
            raise NothingToKeep(f"Give it a name of at most {NAME_LENGTH} characters.")
        if typed.get("kind") not in SessionAid.Kind.values:
            raise NothingToKeep("Only favorites and templates are kept.")
        aid = aids.keep(
            owner=request.user,
            kind=typed["kind"],
            name=form.cleaned_data["name"],
            field=str(typed.get("field") or ""),
            content=typed.get("content"),
        )
    except (NothingToKeep, NotASession, aids.TooManyAids) as error:
        return JsonResponse({"detail": str(error)}, status=400)
    return JsonResponse(aid.for_page(), status=201)


@allow(*CLINICAL)
@require_POST
def aid_rename(request: StaffRequest, pk: int) -> HttpResponse:
    aid = find_visible(SessionAid.objects.all(), pk, by=request.user)
    form = NameForm(request.POST)
    if not form.is_valid():
        messages.error(request, f"Give it a name of at most {NAME_LENGTH} characters.")
        return go_to(request, reverse(HERE))
    try:
        aids.rename(aid=aid, name=form.cleaned_data["name"])
    except aids.NameTaken as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Renamed.")
    return go_to(request, reverse(HERE))


@allow(*CLINICAL)
@require_POST
def aid_remove(request: StaffRequest, pk: int) -> HttpResponse:
    aid = find_visible(SessionAid.objects.all(), pk, by=request.user)
    aids.remove(aid=aid)
    messages.success(request, f"Removed “{aid.name}”.")
    return go_to(request, reverse(HERE))
