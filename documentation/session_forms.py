"""What the session page, the day and the walk-in button send."""

from __future__ import annotations

import copy
import json
import uuid
from typing import Any

from django import forms
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import RawPostDataException

from documentation.drafts import LARGEST, DraftTooLarge
from documentation.rules.session import NOTE_PARTS, NotASession
from people.models import Therapist, User
from web.forms import TidyForm


class TodayForm(forms.Form):
    """Which day, and for an owner whose."""

    day = forms.DateField(required=False)
    therapist = forms.ModelChoiceField(Therapist.objects.none(), required=False)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.fields["therapist"].queryset = (  # type: ignore[attr-defined]
            Therapist.objects.filter(is_active=True, user__clinics__in=user.visible_clinics())
            .select_related("user")
            .distinct()
        )


class PlainSessionForm(TidyForm):
    """The session page as a plain form, for a browser without scripts: minutes and words."""

    base_version = forms.IntegerField(widget=forms.HiddenInput)
    add_code = forms.CharField(required=False, max_length=5, label="Add a service")

    def __init__(self, data: Any, *, entries: list[dict[str, Any]]) -> None:
        super().__init__(data)
        self.entries = entries
        for part in ("kind", *NOTE_PARTS, "total_treatment_minutes"):
            self.fields[part] = forms.CharField(required=False, strip=False)
        for entry in entries:
            for name in ("minutes", "narrative", "remove"):
                self.fields[f"{name}-{entry['key']}"] = forms.CharField(required=False, strip=False)

    def over(self, content: dict[str, Any]) -> dict[str, Any]:
        """The page's content with what this form says in its place; what is wrong stays as typed,
        so that the page can show it."""
        typed = self.cleaned_data
        content = copy.deepcopy(content)
        content["note"] |= {
            part: typed[part] for part in ("kind", *NOTE_PARTS) if part in self.data
        }
        if "total_treatment_minutes" in self.data:
            content["total_treatment_minutes"] = typed["total_treatment_minutes"] or None
        rows = []
        for row in content["entries"]:
            if typed.get(f"remove-{row['key']}"):
                continue
            for name in ("minutes", "narrative"):
                field = f"{name}-{row['key']}"
                if field in self.data and str(row.get(name) or "") != typed[field]:
                    row[name] = typed[field]
                    row["carried"] = [mark for mark in row.get("carried", []) if mark != name]
                    if name == "narrative" and typed[field]:
                        row["narrative_is_own"] = True
            rows.append(row)
        if code := typed["add_code"].strip().upper():
            rows.append({"key": str(uuid.uuid4()), "code": code, "minutes": None})
        content["entries"] = rows
        return content


def read_json(request: HttpRequest) -> dict[str, Any]:
    """The body as an object; raises `DraftTooLarge` or `NotASession`."""
    try:
        body = request.body
    except (RequestDataTooBig, RawPostDataException):
        raise DraftTooLarge("This is more than a note can hold.") from None
    # Room for the wrapping and for escapes; the content itself is measured when it is saved.
    if len(body) > 4 * LARGEST:
        raise DraftTooLarge("This is more than a note can hold.")

    def refuse(name: str) -> None:
        raise NotASession(f"{name} is no number that can be kept.")

    try:
        typed = json.loads(body, parse_constant=refuse)
    except (ValueError, RecursionError):
        raise NotASession("This is no session page.") from None
    if not isinstance(typed, dict):
        raise NotASession("This is no session page.")
    return typed
