"""The ways a letter to a provider leaves the house, behind one interface.

`hand_over` takes one parcel and returns the carrier's name for it. As in `people.transports` it
raises `Refused` (it did not go out, and never will), `TryLater` (nothing of it has left) or
`NoAnswer` (it may have gone out). No file name and no subject tells of a patient.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings

from documentation.models import ProviderLetter
from people import transports
from people.transports import NoAnswer, Refused, TryLater

__all__ = ["Carrier", "NoAnswer", "Parcel", "Refused", "TryLater", "of"]

UNFINISHED = ".part"  # a fax machine picks up whole names; a file gets its own when it is all there
NO_MAIL_SERVER = "This server has no mail server (EMAIL_BACKEND): nothing can leave by e-mail."


@dataclass(frozen=True)
class Parcel:
    """What is handed over. `text` is a fax's cover sheet, or the words of an e-mail; `pdf` goes
    with a fax only."""

    name: str
    channel: str
    to: str
    to_name: str
    from_name: str
    subject: str
    text: str
    gateway: str = ""  # the e-mail address at a fax service that reaches the number
    pdf: bytes = b""

    @property
    def pdf_name(self) -> str:
        return f"{self.name}.pdf"


class Carrier(Protocol):
    def hand_over(self, parcel: Parcel) -> str: ...


class Folder:
    """Puts a letter into a folder, for a fax machine, a scanner's queue or a person to take.

    `NAME.json` says where to, `NAME.txt` is the cover sheet or the e-mail, `NAME.pdf` the paper;
    each appears whole or not at all, the one to act upon last.
    """

    def hand_over(self, parcel: Parcel) -> str:
        files = self._files(parcel)
        last = files[-1][0]
        try:
            settings.LETTERS_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
            if last.exists():
                return self._there_already(last, files[-1][1])
            for path, content in files:
                _write(path.with_name(path.name + UNFINISHED), content)
            for path, _ in files:
                os.replace(path.with_name(path.name + UNFINISHED), path)
        except OSError:
            # The file to act upon gets its name as the very last step: nobody has acted on it.
            for path, _ in files:
                with contextlib.suppress(OSError):
                    path.with_name(path.name + UNFINISHED).unlink(missing_ok=True)
            raise TryLater from None
        return last.name

    def _files(self, parcel: Parcel) -> list[tuple[Path, bytes]]:
        about = asdict(parcel)
        del about["pdf"], about["text"], about["gateway"]
        about["pdf"] = parcel.pdf_name if parcel.pdf else None
        folder = Path(settings.LETTERS_DIR)
        files = [
            (folder / f"{parcel.name}.json", json.dumps(about, indent=2).encode()),
            (folder / f"{parcel.name}.txt", parcel.text.encode()),
        ]
        return [*files, (folder / parcel.pdf_name, parcel.pdf)] if parcel.pdf else files

    def _there_already(self, path: Path, content: bytes) -> str:
        """An earlier try got so far without our hearing of it; or it is another letter's."""
        if path.read_bytes() != content:
            raise Refused("Another file of that name lies in the folder: empty the folder first.")
        return path.name


def _write(path: Path, content: bytes) -> None:
    """The whole content on the disk, readable to us alone."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


class Mail:
    """An e-mail with the link in it, over Django's mail settings."""

    def hand_over(self, parcel: Parcel) -> str:
        if transports.only_on_console("email"):
            raise Refused(NO_MAIL_SERVER)
        return transports.Mail().send(
            transports.Letter(to=parcel.to, subject=parcel.subject, body=parcel.text)
        )


class FaxService:
    """An e-mail to a fax service: the text becomes the cover sheet, the PDF the pages."""

    def hand_over(self, parcel: Parcel) -> str:
        if not parcel.gateway:
            raise Refused("The address at the fax service is missing (Letters, set-up).")
        if transports.only_on_console("email"):  # it would write the paper into the log
            raise Refused(NO_MAIL_SERVER)
        return transports.Mail().send(
            transports.Letter(
                to=parcel.gateway,
                subject=parcel.subject,
                body=parcel.text,
                pdf=parcel.pdf,
                pdf_name=parcel.pdf_name,
            )
        )


_carriers: dict[str, Carrier] = {
    ProviderLetter.Carrier.FILE: Folder(),
    ProviderLetter.Carrier.MAIL: Mail(),
    ProviderLetter.Carrier.GATEWAY: FaxService(),
}


def of(name: str) -> Carrier:
    return _carriers[name]
