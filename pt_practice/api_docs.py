"""The API's own description: the OpenAPI schema, and a page of the house to read it by.

The page is drawn from the schema, so it cannot say anything else; it needs no script, no package
of its own and no other server.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView

from people.access import ANY_STAFF, StaffRequest, allow
from people.models import Role

METHODS = ("get", "post", "put", "patch", "delete")
TYPES = {
    "date": "day, 2026-03-02",
    "date-time": "instant, 2026-03-02T17:00:00Z",
    "decimal": "amount as text, 35.00",
    "email": "e-mail address",
    "uuid": "UUID",
    "binary": "file",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "string": "text",
    "object": "object",
}


class Schema(SpectacularAPIView):
    access_rule = ANY_STAFF


@dataclass(frozen=True)
class Field:
    """One name in what is sent or answered; `shape` names the object it holds, if any."""

    name: str
    type: str
    note: str = ""
    required: bool = False
    shape: str = ""


@dataclass(frozen=True)
class Answer:
    status: str
    note: str
    type: str
    shape: str = ""


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    anchor: str
    note: str
    roles: list[str]
    parameters: list[Field]
    body: list[Field]
    answers: list[Answer]


@dataclass(frozen=True)
class Group:
    """The operations on one kind of record."""

    name: str
    operations: list[Operation] = field(default_factory=list)


@dataclass(frozen=True)
class Shape:
    name: str
    fields: list[Field]


@allow(*ANY_STAFF)
@require_safe
def docs(request: StaffRequest) -> HttpResponse:
    groups, shapes = described()
    return render(request, "pt_practice/api_docs.html", {"groups": groups, "shapes": shapes})


@cache
def described() -> tuple[list[Group], list[Shape]]:
    """The schema as the page shows it; it does not change while the program runs."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    return read(schema)


def read(schema: dict[str, Any]) -> tuple[list[Group], list[Shape]]:
    """An OpenAPI 3 document as groups of operations and the shapes they speak in."""
    known = schema["components"]["schemas"]
    groups: dict[str, Group] = {}
    for path, operations in schema["paths"].items():
        for method in METHODS:
            if method in operations:
                operation = operations[method]
                name = operation["tags"][0]
                group = groups.setdefault(name, Group(name))
                group.operations.append(_operation(method, path, operation, known))
    shapes = [
        Shape(name, _fields(shape, known))
        for name, shape in sorted(known.items())
        if _is_shown(name, shape)
    ]
    return list(groups.values()), shapes


def _is_shown(name: str, shape: dict[str, Any]) -> bool:
    """A page of a list, and what a change takes, are told where they are used."""
    return "properties" in shape and not name.startswith(("Paginated", "Patched"))


def _operation(
    method: str, path: str, operation: dict[str, Any], known: dict[str, Any]
) -> Operation:
    sent = list(operation.get("requestBody", {}).get("content", {}).values())
    body = sent[0]["schema"] if sent else {}
    return Operation(
        method=method.upper(),
        path=path,
        anchor=operation["operationId"],
        note=operation.get("description", ""),
        roles=[str(Role(role).label) for role in operation.get("x-roles", [])],
        parameters=[
            Field(
                parameter["name"],
                f"{_type(parameter['schema'], known)[0]}, in the {parameter['in']}",
                parameter.get("description", ""),
                parameter.get("required", False),
            )
            for parameter in operation.get("parameters", [])
        ],
        body=[one for one in _fields(_resolved(body, known), known) if one.note != READ_ONLY],
        answers=[
            _answer(status, answer, known) for status, answer in operation["responses"].items()
        ],
    )


READ_ONLY = "given, never taken"


def _answer(status: str, answer: dict[str, Any], known: dict[str, Any]) -> Answer:
    code, note = "else" if status == "default" else status, answer.get("description", "")
    for media, content in answer.get("content", {}).items():
        if "json" not in media:
            return Answer(code, note, media)
        return Answer(code, note, *_type(content.get("schema", {}), known))
    return Answer(code, note, "nothing")


def _fields(shape: dict[str, Any], known: dict[str, Any]) -> list[Field]:
    required = shape.get("required", [])
    fields = []
    for name, described_as in shape.get("properties", {}).items():
        words, inner = _type(described_as, known)
        note = READ_ONLY if described_as.get("readOnly") else described_as.get("description", "")
        fields.append(Field(name, words, note, name in required, inner))
    return fields


def _type(shape: dict[str, Any], known: dict[str, Any]) -> tuple[str, str]:
    """A type in words, and the name of the shape that it holds."""
    if "$ref" in shape:
        name = shape["$ref"].rpartition("/")[2]
        if name.startswith("Paginated"):
            words, inner = _type(known[name]["properties"]["results"], known)
            return words.replace("list of", "page of", 1), inner
        target = known[name]
        if "enum" in target:
            return _choices(target["enum"]), ""
        return "", name
    for several in ("allOf", "oneOf", "anyOf"):
        if several in shape:
            parts = [_type(one, known) for one in shape[several]]
            words = " or ".join(dict.fromkeys(word for word, _ in parts if word))
            return words, next((name for _, name in parts if name), "")
    if shape.get("type") == "array":
        words, inner_name = _type(shape["items"], known)
        return f"list of {words}".strip(), inner_name
    if "enum" in shape:
        return _choices(shape["enum"]), ""
    words = TYPES.get(shape.get("format", ""), TYPES.get(shape.get("type", ""), "anything"))
    if "maxLength" in shape:
        words = f"{words}, at most {shape['maxLength']} characters"
    return (f"{words}, or null" if shape.get("nullable") else words), ""


def _choices(values: list[Any]) -> str:
    shown = [str(value) if value != "" else "empty" for value in values if value is not None]
    if len(shown) > 12:
        return f"one of {', '.join(shown[:6])} … {shown[-1]}"
    return ", ".join(shown[:-1]) + f" or {shown[-1]}" if len(shown) > 1 else "".join(shown)


def _resolved(shape: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in shape:
        return dict(known[shape["$ref"].rpartition("/")[2]])
    return shape
