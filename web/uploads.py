"""Files measured while they arrive: what is too large is read to its end, but never kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect

MOST_AT_ONCE = 20

View = Callable[..., HttpResponseBase]


class Measured(FileUploadHandler):
    """Stands before the handlers that keep what comes. `too_large` and `too_many` name the files
    that were thrown away."""

    def __init__(self, request: HttpRequest, *, largest: Callable[[], int]) -> None:
        super().__init__(request)
        self.largest = largest
        self.count = 0
        self.so_far = 0
        self.too_large: list[str] = []
        self.too_many: list[str] = []

    @cached_property
    def most(self) -> int:
        """Bytes of one file; asked for with the first."""
        return self.largest()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.so_far = 0
        self.count += 1

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if self.count > MOST_AT_ONCE:  # not in `new_file`: Django would close the file before it
            self.too_many.append(str(self.file_name))
            raise SkipFile
        self.so_far += len(raw_data)
        if self.so_far > self.most:
            self.too_large.append(str(self.file_name))
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The handler that kept the file hands it on."""


def measure(request: HttpRequest, *, largest: Callable[[], int]) -> Measured:
    """Have the request's files measured; before anything of its body is read."""
    handler = Measured(request, largest=largest)
    request.upload_handlers.insert(0, handler)
    return handler


def takes_files(largest: Callable[[], int]) -> Callable[[View], View]:
    """For a view that takes files; it is given the handler as `measured`.

    The form's token is checked in here, for to look for it Django reads the whole form, which must
    not happen before somebody measures.
    """

    def decorate(view: View) -> View:
        checked = csrf_protect(view)

        @csrf_exempt
        @wraps(view)
        def measuring(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            measured = measure(request, largest=largest)
            return checked(request, *args, measured=measured, **kwargs)

        return measuring

    return decorate
