"""The page to which the code on a printed note or signed plan leads: for anybody, without a log-in.

It says that a document was signed, by whom and when, and compares a file with the one we made. It
shows nothing of the patient, keeps nothing, and takes no cookie.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from documentation import verifying
from documentation.rules.codes import begins, code_of
from people import limits
from people.access import public
from web.forms import TidyForm
from web.responses import go_to
from web.views import too_many_requests

GUESSES, FOR_AN_HOUR = 60, 3600
LARGEST_PDF = 20 * 1024 * 1024


class CodeForm(TidyForm):
    code = forms.CharField(
        label="Verification code",
        max_length=60,
        help_text="20 letters and digits, below the signature on the paper.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def clean_code(self) -> str:
        start = begins(self.cleaned_data["code"])
        if start is None:
            raise forms.ValidationError("This is no code of ours: it has five groups of four.")
        return code_of(start)


class FileForm(TidyForm):
    file = forms.FileField(
        label="The PDF you were given",
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
        help_text="It is compared and not kept.",
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_PDF:
            raise forms.ValidationError("A document of ours is never larger than 20 MB.")
        return file


@csrf_exempt
@public
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Where somebody types the code from the paper."""
    form = CodeForm(request.POST or None)
    if form.is_bound and form.is_valid():
        return go_to(request, reverse("documentation:verify", args=[form.cleaned_data["code"]]))
    return _answer(request, {"form": form}, status=422 if form.errors else 200)


@csrf_exempt
@public
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """What is known of the code's document; a POST compares a file with its PDF."""
    if limits.has_guessed_too_often("verify", most=GUESSES):
        return too_many_requests(request)
    document = verifying.find(code)
    if document is None:
        limits.note_guess("verify", seconds=FOR_AN_HOUR)
        return _answer(request, {"form": CodeForm(), "unknown": True}, status=404)
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = FileForm(*posted)
    context: dict[str, Any] = {"document": document, "file_form": form}
    if form.is_bound and form.is_valid():
        context["is_same"] = document.is_its_pdf(form.cleaned_data["file"].chunks())
        context["is_compared"] = True
    return _answer(request, context, status=422 if form.errors else 200)


def _answer(request: HttpRequest, context: dict[str, Any], *, status: int) -> HttpResponse:
    response = render(request, "documentation/verify.html", context, status=status)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
