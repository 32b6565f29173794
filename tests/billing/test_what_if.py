"""What-if answers alike by command, API and page, and refuses bad input with a sentence a field."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from billing.models import Claim
from people.models import Role
from tests.billing.makers import make_payer
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

VISIT = {
    "date_of_service": "2026-03-02",
    "discipline": "PT",
    "unit_rule": "cms",
    "services": [{"code": "97112", "minutes": 24}, {"code": "97110", "minutes": 23}],
}


def ask_command(tmp_path, data) -> object:
    file, out = tmp_path / "visit.json", StringIO()
    file.write_text(json.dumps(data), encoding="utf-8")
    call_command("explain", str(file), stdout=out)
    return json.loads(out.getvalue())


def test_the_first_cms_example_is_answered_by_the_command(tmp_path):
    answer = ask_command(tmp_path, VISIT)

    assert (answer["timed_minutes"], answer["units_total"]) == (47, 3)
    assert answer["units"] == {"97112": 2, "97110": 1}
    assert answer["alternatives"] == []
    assert [(line["code"], line["units"], line["modifiers"]) for line in answer["lines"]] == [
        ("97112", 2, ["GP"]),
        ("97110", 1, ["GP"]),
    ]
    assert answer["proof"][0] == "24 + 23 = 47 timed minutes"


def test_the_api_answers_as_the_command_does(tmp_path, api_as):
    response = api_as(UserFactory(roles=[Role.BILLER])).post(
        "/api/v1/explain/", VISIT, format="json"
    )

    assert response.json() == ask_command(tmp_path, VISIT)


def test_a_list_gets_a_list(tmp_path):
    answers = ask_command(tmp_path, [VISIT, VISIT | {"unit_rule": "ama"}])

    assert [answer["units_total"] for answer in answers] == [3, 4]


def test_the_rates_in_the_request_price_each_unit(tmp_path):
    rates = {
        "conversion_factor": "33.4009",
        "gpci": {"work": "1", "pe": "1", "mp": "1"},
        "rvu": {
            "97112": {"work": ".50", "pe": ".47", "mp": ".01"},
            "97110": {"work": ".45", "pe": ".41", "mp": ".01"},
        },
        "pe_reduction": "0.50",
    }

    answer = ask_command(tmp_path, VISIT | {"payer": {"mppr": True}, "rates": rates})

    assert [line["unit_prices"] for line in answer["lines"]] == [["32.73", "24.88"], ["22.21"]]
    assert answer["totals"] == {"allowed": "79.82"}


def test_the_stored_policy_is_the_default_and_the_request_wins(tmp_path):
    make_payer(discipline_modifier=False)

    stored = ask_command(tmp_path, VISIT)
    asked = ask_command(tmp_path, VISIT | {"payer": {"discipline_modifier": True}})

    assert [line["modifiers"] for line in stored["lines"]] == [[], []]
    assert [line["modifiers"] for line in asked["lines"]] == [["GP"], ["GP"]]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"services": [{"code": "97112", "minutes": -1}]}, "services[0].minutes"),
        ({"services": [{"code": "97112", "minutes": 1441}]}, "services[0].minutes"),
        ({"services": [{"code": "97112", "minutes": "ten"}]}, "services[0].minutes"),
        ({"services": [{"code": "99999", "minutes": 10}]}, "services[0].code"),
        (
            {"services": [{"code": "97112", "minutes": 10, "assistant_minutes": 11}]},
            "services[0].assistant_minutes",
        ),
        ({"date_of_service": "2026-02-30"}, "date_of_service"),
        ({"unit_rule": "both"}, "unit_rule"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_bad_input_is_refused_at_its_field_by_command_and_api(tmp_path, api_as, change, field):
    with pytest.raises(CommandError) as refused:
        ask_command(tmp_path, VISIT | change)
    response = api_as(UserFactory(roles=[Role.BILLER])).post(
        "/api/v1/explain/", VISIT | change, format="json"
    )

    assert refused.value.returncode == 2
    assert str(refused.value).startswith(f"{field}: ")
    assert (response.status_code, list(response.json()["errors"])) == (400, [field])
    assert Claim.objects.count() == 0


@pytest.mark.parametrize("written", ["", "{", "[1,"])
def test_what_is_not_json_is_refused_with_a_sentence(tmp_path, written):
    file = tmp_path / "visit.json"
    file.write_text(written, encoding="utf-8")

    with pytest.raises(CommandError, match="This is not JSON") as refused:
        call_command("explain", str(file))

    assert refused.value.returncode == 2


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"nowhere\.json cannot be read") as refused:
        call_command("explain", str(tmp_path / "nowhere.json"))

    assert refused.value.returncode == 2


def page(client, **rows) -> str:
    asked = {
        "date_of_service": "2026-03-02",
        "discipline": "PT",
        "unit_rule": "cms",
        "payer": "",
        "s-TOTAL_FORMS": "6",
        "s-INITIAL_FORMS": "0",
    }
    return client.post(reverse("billing:what-if"), asked | rows).content.decode()


def test_the_page_shows_a_tie_and_both_ways_to_bill_it(client):
    client.force_login(UserFactory(roles=[Role.THERAPIST]))

    shown = page(
        client,
        **{"s-0-code": "97112", "s-0-minutes": "20", "s-1-code": "97110", "s-1-minutes": "20"},
    )

    assert "A tie: also allowed" in shown
    assert "40 timed minutes" in shown


def test_the_page_says_which_row_is_wrong(client):
    client.force_login(UserFactory(roles=[Role.BILLER]))

    shown = page(client, **{"s-1-code": "97112", "s-1-minutes": "-4"})

    assert "Service 2, minutes" in shown
