"""What the OpenAPI schema says about log-in, repeated writes and errors."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from people.idempotency import HEADER, LONGEST_KEY, WRITES, Idempotent


class BearerToken(OpenApiAuthenticationExtension):
    target_class = "people.api_access.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "Made by `manage.py api_token EMAIL`; acts with that person's roles.",
        }


class SessionCookie(OpenApiAuthenticationExtension):
    target_class = "people.api_access.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "A signed-in browser; writes carry X-CSRFToken.",
        }


class Schema(AutoSchema):
    """The house's operations: each says who may, and writes that may be repeated say so."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        rules = getattr(self.view, "access_rules", {})
        rule = rules.get(getattr(self.view, "action", None), getattr(self.view, "access_rule", ()))
        if operation is not None:
            operation["x-roles"] = [str(role) for role in rule]
        return operation

    def get_override_parameters(self) -> list[Any]:
        parameters = list(super().get_override_parameters())
        if isinstance(self.view, Idempotent) and self.method in WRITES:
            parameters.append(
                OpenApiParameter(
                    HEADER,
                    str,
                    OpenApiParameter.HEADER,
                    description=(
                        f"At most {LONGEST_KEY} characters, unique to this write. Sent again "
                        "within 24 hours, the first answer returns and nothing happens twice."
                    ),
                )
            )
        return parameters


PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable; programs decide by it."},
        "detail": {"type": "string"},
        "errors": {
            "type": "object",
            "description": "For a form: what is wrong, by field.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}


def add_problems(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Every operation may answer with a problem; the schema says so once for all of them."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    answer = {
        "description": "What went wrong",
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }
    for operations in result.get("paths", {}).values():
        for operation in operations.values():
            operation.get("responses", {}).setdefault("default", answer)
    return result
