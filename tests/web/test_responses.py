"""One address, two sizes of answer; and what htmx is told on the way."""

import json

import pytest
from django.http import HttpResponse

from web.responses import announce, go_to, log_in_first, tell, wants_piece


def asked(rf, **headers):
    from django_htmx.middleware import HtmxDetails

    request = rf.get("/patients/", headers=headers)
    request.htmx = HtmxDetails(request)
    return request


@pytest.mark.parametrize(
    ("headers", "piece"),
    [
        ({}, False),
        ({"HX-Request": "true"}, True),
        ({"HX-Request": "true", "HX-Boosted": "true"}, False),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
    ],
)
def test_only_htmx_on_its_way_forward_gets_a_piece(rf, headers, piece):
    assert wants_piece(asked(rf, **headers)) is piece


def test_a_toast_and_an_event_travel_in_one_answer():
    response = announce(tell(HttpResponse(), "Saved."), "entries-changed", visit=3)

    assert json.loads(response["HX-Trigger"]) == {
        "toast": {"message": "Saved.", "level": "success"},
        "entries-changed": {"visit": 3},
    }


def test_after_a_write_htmx_and_a_plain_form_both_move_on(rf):
    by_htmx = go_to(asked(rf, **{"HX-Request": "true"}), "/day/")
    by_form = go_to(asked(rf), "/day/")

    assert (by_htmx.status_code, by_htmx["HX-Redirect"]) == (204, "/day/")
    assert (by_form.status_code, by_form["Location"]) == (303, "/day/")


def test_who_is_logged_out_comes_back_to_the_page_after_logging_in(rf):
    page = log_in_first(asked(rf))
    script = log_in_first(asked(rf, Accept="application/json"))

    assert page["Location"] == "/account/login/?next=/patients/"
    assert (script.status_code, json.loads(script.content)["code"]) == (401, "logged_out")
