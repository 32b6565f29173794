"""Moves come from a form, or from a drag on the Day, which asks for JSON and is told in JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, JsonResponse

from scheduling import answers
from scheduling.access import StaffRequest
from scheduling.answers import REFUSALS, Refusal
from scheduling.facts import NotBookable


def answer_move(
    request: StaffRequest,
    form: Any,
    move: Callable[..., Any],
    *,
    done: Callable[[Any], HttpResponse],
    show: Callable[[Refusal | None], HttpResponse],
) -> HttpResponse:
    """`move` as the form asks for it. Without a drag, `done` answers what was moved, and `show`
    shows the form: new, with an error beside a field, or with what stands in the way."""
    is_drag = "application/json" in request.headers.get("Accept", "")
    refusal: Refusal | None = None
    if form.is_bound and form.is_valid():
        try:
            moved = move(**form.asked())
        except REFUSALS as problem:
            if is_drag:
                return refused_in_json(problem, request)
            if isinstance(problem, NotBookable):
                form.refuse(problem)
            else:
                refusal = problem
        else:
            return JsonResponse({"version": moved.version}) if is_drag else done(moved)
    if is_drag:
        return invalid_in_json(form, status=422 if form.is_bound else 406)
    return show(refusal)


def refused_in_json(refusal: Refusal, request: StaffRequest) -> JsonResponse:
    told = answers.in_json(refusal, to=request.user)
    return JsonResponse(told, status=answers.status_of(refusal))


def invalid_in_json(form: Any, *, status: int = 422) -> JsonResponse:
    words = " ".join(str(error) for errors in form.errors.values() for error in errors)
    problem = {"code": "invalid", "detail": words, "errors": form.errors}
    return JsonResponse(problem, status=status)
