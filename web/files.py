"""Hand out a file that came from outside, so that it can do nothing in the browser."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

# What a browser shows by itself and cannot run; all else is for saving.
SHOWN_INLINE = {"image/jpeg", "image/png", "image/webp", "application/pdf"}
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
SANDBOX = f"{NOTHING}; sandbox"
# Not every browser starts its own viewer of PDFs in a sandbox; each viewer has one of its own.
OWN_VIEWER = f"{NOTHING}; style-src 'unsafe-inline'; object-src 'self'"


def give(content: bytes, *, content_type: str, name: str) -> HttpResponse:
    """The file as it is."""
    return HttpResponse(content, content_type=content_type, headers=_headers(content_type, name))


def hand_out(
    request: HttpRequest,
    *,
    content_type: str,
    name: str,
    sha256: str,
    size: int,
    load: Callable[[], bytes],
) -> HttpResponseBase:
    """The file, or 304 to who has it already. Call it only after the right to it was checked;
    `load` fetches the bytes when they are needed."""
    headers = _headers(content_type, name) | {"ETag": f'"{sha256}"', "Content-Length": str(size)}
    unchanged = get_conditional_response(request, etag=headers["ETag"])
    if unchanged is not None:
        return unchanged
    content = b"" if request.method == "HEAD" else load()
    return HttpResponse(content, content_type=content_type, headers=headers)


def _headers(content_type: str, name: str) -> dict[str, str]:
    saved = content_type not in SHOWN_INLINE
    return {
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": OWN_VIEWER if content_type == "application/pdf" else SANDBOX,
        "Content-Disposition": content_disposition_header(saved, name) or "attachment",
    }
