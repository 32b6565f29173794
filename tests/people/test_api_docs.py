"""The schema holds to OpenAPI, says how to log in, and its page needs no other server."""

import re
from io import StringIO

import pytest
import yaml
from django.core.management import call_command

from tests.factories import ClinicFactory, UserFactory


@pytest.fixture(scope="module")
def schema() -> dict:
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    return yaml.safe_load(out.getvalue())


def test_the_schema_is_valid_and_names_both_ways_to_log_in(schema):
    assert set(schema["components"]["securitySchemes"]) == {"session", "token"}
    assert schema["paths"]["/api/v1/patients/"]["get"]["security"] == [
        {"token": []},
        {"session": []},
    ]


def test_a_write_that_may_be_repeated_says_so(schema):
    parameters = schema["paths"]["/api/v1/patients/"]["post"]["parameters"]

    assert [(p["in"], p["name"]) for p in parameters] == [("header", "Idempotency-Key")]


def test_every_operation_says_what_a_problem_looks_like(schema):
    without = [
        (path, method)
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
        if operation["responses"]["default"]["content"]
        != {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    ]

    assert without == []


@pytest.mark.django_db
def test_the_page_loads_everything_from_here(client):
    client.force_login(UserFactory(clinics=[ClinicFactory()]))

    html = client.get("/api/docs/").content.decode()

    loaded = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert len(loaded) > 4
    assert [address for address in loaded if not address.startswith("/")] == []
    assert "<style" not in html
    assert re.findall(r"<script(?![^>]* src=)", html) == []


@pytest.mark.django_db
def test_the_schema_is_for_staff(client):
    assert client.get("/api/schema/").status_code == 401
    assert client.get("/api/docs/").status_code == 302
