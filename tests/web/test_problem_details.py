"""How the API words its errors (RFC 9457)."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from rest_framework import exceptions

from web.api import Conflict, problem_details


def told(error: Exception) -> tuple[int, dict]:
    response = problem_details(error, {})
    assert response.content_type == "application/problem+json"
    return response.status_code, response.data


def test_a_missing_record_does_not_say_whether_it_exists_elsewhere():
    assert told(Http404("Patient 12 belongs to clinic 3")) == (
        404,
        {
            "type": "about:blank",
            "title": "Not found.",
            "status": 404,
            "code": "not_found",
            "detail": "There is no such record, or it belongs to another clinic.",
        },
    )


def test_a_role_that_may_not_is_told_so():
    assert told(PermissionDenied()) == (
        403,
        {
            "type": "about:blank",
            "title": "You do not have permission to perform this action.",
            "status": 403,
            "code": "permission_denied",
            "detail": "Your role does not allow this.",
        },
    )


@pytest.mark.parametrize(
    ("error", "errors"),
    [
        (
            exceptions.ValidationError({"npi": ["Wrong check digit."]}),
            {"npi": ["Wrong check digit."]},
        ),
        (exceptions.ValidationError("Too long."), {"detail": ["Too long."]}),
        (exceptions.ValidationError(["a", "b"]), {"detail": ["a", "b"]}),
        (ValidationError({"npi": "Wrong check digit."}), {"npi": ["Wrong check digit."]}),
        (ValidationError("Ends before it starts."), {"detail": ["Ends before it starts."]}),
    ],
)
def test_every_kind_of_bad_field_is_named_in_one_shape(error, errors):
    assert told(error) == (
        400,
        {
            "type": "about:blank",
            "title": "Invalid input.",
            "status": 400,
            "code": "invalid",
            "detail": "Some fields need another look.",
            "errors": errors,
        },
    )


def test_a_conflict_carries_what_stands_in_the_way():
    error = Conflict("This slot is taken.", code="slot_taken", conflicts=[{"appointment": 7}])

    assert told(error) == (
        409,
        {
            "type": "about:blank",
            "title": "A server error occurred.",
            "status": 409,
            "code": "slot_taken",
            "detail": "This slot is taken.",
            "conflicts": [{"appointment": 7}],
        },
    )


def test_a_caller_that_is_too_quick_learns_how_long_to_wait():
    response = problem_details(exceptions.Throttled(wait=12), {})

    assert (response.status_code, response["Retry-After"]) == (429, "12")


def test_what_is_not_an_answer_to_the_caller_stays_an_error():
    assert problem_details(RuntimeError("boom"), {}) is None
