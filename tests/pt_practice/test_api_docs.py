"""The schema holds to OpenAPI, says how to log in, and its page needs no other server."""

import re
from io import StringIO

import pytest
import yaml
from django.core.management import call_command

from people.models import Role
from pt_practice import api_docs
from pt_practice.api_docs import Answer, Field, Group, Operation, Shape
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


def test_every_operation_says_who_may(schema):
    operation = schema["paths"]["/api/v1/patients/"]

    assert operation["post"]["x-roles"] == ["owner", "front_desk"]
    assert operation["get"]["x-roles"] == list(Role.values)


def test_the_page_is_drawn_from_the_schema(schema):
    groups, shapes = api_docs.read(schema)

    written = {
        (operation.method.lower(), operation.path)
        for group in groups
        for operation in group.operations
    }
    assert written == {
        (method, path) for path, operations in schema["paths"].items() for method in operations
    }
    assert "Patient" in [shape.name for shape in shapes]


def test_a_shape_is_read_name_by_name():
    schema = {
        "components": {
            "schemas": {
                "Card": {
                    "required": ["id", "copay"],
                    "properties": {
                        "id": {"type": "integer", "readOnly": True},
                        "copay": {"type": "string", "format": "decimal", "description": "Due."},
                        "ends_on": {"type": "string", "format": "date", "nullable": True},
                        "codes": {"type": "array", "items": {"type": "string", "maxLength": 5}},
                        "kind": {"allOf": [{"$ref": "#/components/schemas/Kind"}]},
                        "lines": {
                            "type": "array",
                            "items": {"$ref": "#/components/schemas/Line"},
                        },
                    },
                },
                "Kind": {"enum": ["a", "b", ""]},
                "Line": {"properties": {"number": {"type": "integer"}}},
                "PaginatedCardList": {
                    "properties": {
                        "results": {
                            "type": "array",
                            "items": {"$ref": "#/components/schemas/Card"},
                        }
                    }
                },
            }
        },
        "paths": {
            "/cards/": {
                "get": {
                    "tags": ["cards"],
                    "operationId": "cards_list",
                    "x-roles": ["front_desk"],
                    "responses": {
                        "200": {
                            "content": {
                                "application/json": {
                                    "schema": {"$ref": "#/components/schemas/PaginatedCardList"}
                                }
                            }
                        },
                        "204": {"description": "Gone."},
                    },
                },
                "post": {
                    "tags": ["cards"],
                    "operationId": "cards_create",
                    "requestBody": {
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Card"}}
                        }
                    },
                    "responses": {"200": {"content": {"application/pdf": {"schema": {}}}}},
                },
            }
        },
    }

    groups, shapes = api_docs.read(schema)

    card = [
        Field("id", "whole number", "given, never taken", required=True),
        Field("copay", "amount as text, 35.00", "Due.", required=True),
        Field("ends_on", "day, 2026-03-02, or null"),
        Field("codes", "list of text, at most 5 characters"),
        Field("kind", "a, b or empty"),
        Field("lines", "list of", shape="Line"),
    ]
    assert shapes == [Shape("Card", card), Shape("Line", [Field("number", "whole number")])]
    assert groups == [
        Group(
            "cards",
            [
                Operation(
                    method="GET",
                    path="/cards/",
                    anchor="cards_list",
                    note="",
                    roles=["Front desk"],
                    parameters=[],
                    body=[],
                    answers=[
                        Answer("200", "", "page of", "Card"),
                        Answer("204", "Gone.", "nothing"),
                    ],
                ),
                Operation(
                    method="POST",
                    path="/cards/",
                    anchor="cards_create",
                    note="",
                    roles=[],
                    parameters=[],
                    body=card[1:],
                    answers=[Answer("200", "", "application/pdf")],
                ),
            ],
        )
    ]


@pytest.mark.django_db
def test_the_page_needs_no_other_server(client):
    client.force_login(UserFactory(clinics=[ClinicFactory()]))

    html = client.get("/api/docs/").content.decode()

    loaded = re.findall(r'(?:src|href)="([^"#][^"]*)"', html)
    assert [address for address in loaded if not address.startswith("/")] == []
    assert "/api/v1/patients/{id}/" in html


@pytest.mark.django_db
def test_the_schema_is_for_staff(client):
    assert client.get("/api/schema/").status_code == 401
    assert client.get("/api/docs/").status_code == 302
