"""The routes as Django resolves them, with the rule of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from web.middleware import access_rule_of

# Reviewed: what somebody may open who is not signed in. A new one is added here on purpose.
PUBLIC = {
    "account_inactive",
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "billing:estimate-link",  # proved by the signed address, opened by the date of birth
    "documentation:home",  # proved by the signed address
    "documentation:measure-answer",  # proved by the signed address
    "documentation:provider-letter",  # proved by the signed address and the provider's NPI
    "documentation:plan-link",  # proved by the signed address and the provider's NPI
    "documentation:verify",  # a hundred bits of a signed content's hash; tells nothing of a patient
    "documentation:verify-ask",
    "health",
    "people:intake",  # proved by the signed address
    "people:intake-step",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "scheduling:take-offer",
    "people:sms-receipt",  # proved by the provider's signature
    "people:sms-reply",
    "scheduling:feed-file",  # proved by the secret address
    "scheduling:kiosk",
    "scheduling:patient-link",
    "scheduling:patient-link-ask",
    "scheduling:patient-link-cancel",
    "people:stop-messages",  # proved by the signed address
}


@dataclass(frozen=True)
class Route:
    name: str
    path: str
    pattern: URLPattern
    view: Any

    @property
    def arguments(self) -> tuple[str, ...]:
        pattern = self.pattern.pattern
        return tuple(getattr(pattern, "converters", None) or pattern.regex.groupindex)

    @property
    def api_class(self) -> Any:
        return getattr(self.view, "cls", None)

    @property
    def is_api(self) -> bool:
        return self.api_class is not None

    def rule_for(self, method: str) -> tuple[str, ...]:
        """The roles that may; an API view may narrow its rule by action."""
        rule = access_rule_of(self.view)
        action = (getattr(self.view, "actions", None) or {}).get(method.lower())
        return getattr(self.api_class, "access_rules", {}).get(action, rule)

    def api_methods(self) -> list[str]:
        """The methods that do something, of those the view class lets in."""
        by_action = getattr(self.view, "actions", None)
        names = [
            name
            for name in self.api_class.http_method_names
            if (name in by_action if by_action else hasattr(self.api_class, name))
        ]
        return sorted({name.upper() for name in names} - {"HEAD", "OPTIONS"})


def every_route() -> list[Route]:
    return sorted(_walk(get_resolver().url_patterns, "/", ()), key=lambda route: route.name)


def _walk(patterns: list[Any], path: str, namespaces: tuple[str, ...]) -> Iterator[Route]:
    for pattern in patterns:
        here = path + str(pattern.pattern).removeprefix("^").removesuffix("$")
        if isinstance(pattern, URLResolver):
            inside = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from _walk(pattern.url_patterns, here, inside)
        else:
            name = ":".join([*namespaces, pattern.name]) if pattern.name else here
            yield Route(name, here, pattern, pattern.callback)
