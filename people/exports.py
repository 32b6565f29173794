"""Any list as a CSV file: the rows the page shows, to whoever may see the page, and written down.

A list's view hands its rows here when its own address asks for `format=csv`; so the file has the
page's rule, its scope and its filters, and no address of its own that could differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone

from people import audit
from web.csv_file import ROWS_AT_ONCE, lines
from web.files import headers_of

CSV = "text/csv; charset=utf-8"
Columns = Sequence[tuple[str, Callable[[Any], Any]]]


def is_asked(request: HttpRequest) -> bool:
    """Whether this address is asked for its list as a file. A search by name asks by POST."""
    return (request.POST.get("format") or request.GET.get("format")) == "csv"


def export(
    request: Any, *, name: str, columns: Columns, rows: QuerySet[Any] | Sequence[Any]
) -> StreamingHttpResponse:
    """The file, in pieces; the audit line (which list, how many rows) comes before the first."""
    count = rows.count() if isinstance(rows, QuerySet) else len(rows)
    audit.record(by=request.user, action="list.exported", list=name, rows=count)
    each: Iterable[Any] = rows
    if isinstance(rows, QuerySet):
        each = rows.iterator(chunk_size=ROWS_AT_ONCE)
    titles = [title for title, _ in columns]
    return StreamingHttpResponse(
        lines(titles, ([value(row) for _, value in columns] for row in each)),
        content_type=CSV,
        headers=headers_of(CSV, f"{name}-{timezone.localdate():%Y-%m-%d}.csv"),
    )
