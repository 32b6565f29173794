"""Who may call the API: a token or a session, and a role that the view's rule names.

An API view carries `access_rule` (roles for every action) and may narrow it per action with
`access_rules = {"create": (...)}`. A view with neither is refused.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.utils import timezone
from rest_framework import authentication, exceptions, permissions
from rest_framework.request import Request

from people.models import User
from people.models.api import ApiToken


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def issue_token(user: User) -> str:
    """A new token for the user; shown once, stored only as a digest. Older ones stop working."""
    token = secrets.token_urlsafe(32)
    ApiToken.objects.filter(user=user).delete()
    ApiToken.objects.create(user=user, digest=digest(token))
    return token


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer …`"""

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        word, _, token = request.headers.get("Authorization", "").partition(" ")
        if word != self.keyword:
            return None
        found = (
            ApiToken.objects.select_related("user")
            .filter(digest=digest(token.strip()), user__is_active=True)
            .first()
        )
        if found is None:
            raise exceptions.AuthenticationFailed("This token is unknown or has been withdrawn.")
        ApiToken.objects.filter(pk=found.pk).update(used_at=timezone.now())
        return found.user, found

    def authenticate_header(self, request: Request) -> str:
        return self.keyword


class SessionAuthentication(authentication.SessionAuthentication):
    """A signed-in browser; CSRF is checked."""

    def authenticate_header(self, request: Request) -> str:
        return TokenAuthentication.keyword


class RoleAllows(permissions.BasePermission):
    message = "Your role does not allow this."

    def has_permission(self, request: Request, view: Any) -> bool:
        rule = getattr(view, "access_rules", {}).get(
            getattr(view, "action", None), getattr(view, "access_rule", None)
        )
        if rule is None:
            return False
        user = request.user
        if not user.is_authenticated or user.password_is_temporary:
            return False
        return bool(user.has_role(*rule))
