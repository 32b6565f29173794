"""Hand out the bytes of a file, so that it can do nothing in the browser: every view that answers
with a file answers through here.

A picture is shown in a sandbox, and what a browser does not show by itself is saved. A PDF gets the
strictest policy under which every browser's viewer opens it (docs/decisions/0058).
"""

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
OWN_VIEWER = f"{NOTHING}; style-src 'unsafe-inline'; object-src 'self'"


def give(content: bytes, *, content_type: str, name: str, saved: bool = False) -> HttpResponse:
    """The file as it is; `saved` has it saved though the browser could show it."""
    headers = headers_of(content_type, name, saved=saved)
    return HttpResponse(content, content_type=content_type, headers=headers)


def give_pdf(content: bytes | memoryview | None, *, name: str, saved: bool = False) -> HttpResponse:
    """A paper, from its row as the database gives it."""
    return give(bytes(content or b""), content_type="application/pdf", name=name, saved=saved)


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
    headers = headers_of(content_type, name) | {
        "Cache-Control": "private, no-store",
        "ETag": f'"{sha256}"',
        "Content-Length": str(size),
    }
    unchanged = get_conditional_response(request, etag=headers["ETag"])
    if unchanged is not None:
        return unchanged
    content = b"" if request.method == "HEAD" else load()
    return HttpResponse(content, content_type=content_type, headers=headers)


def headers_of(content_type: str, name: str, *, saved: bool = False) -> dict[str, str]:
    """What goes with a file of this kind, for an answer that is not made here because it comes in
    pieces."""
    saved = saved or content_type not in SHOWN_INLINE
    return {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": OWN_VIEWER if content_type == "application/pdf" else SANDBOX,
        "Content-Disposition": content_disposition_header(saved, name) or "attachment",
    }
