"""A signed note, opened for its amendment, changed, and signed again."""

from documentation import amending, charting
from documentation.models import Note
from documentation.models.amendment import SIGNATURE
from tests.documentation.ready import ready_note, sign

REASON = "The minutes of 97110 were those of 97112."


def amend(note, *, by=None, **values):
    return amending.open_amendment(
        note=note, by=by or note.visit.therapist.user, **({"reason": REASON} | values)
    )


def again(note):
    return Note.objects.select_related("visit__therapist__user").get(pk=note.pk)


def change_minutes(note, code, minutes):
    entry = note.visit.timed_entries.get(code=code)
    charting.change_entry(entry=entry, minutes=minutes, by=note.visit.therapist.user)


def signature_of(row):
    return {name: getattr(row, name) for name in SIGNATURE}


def amended_note():
    """Version 2 of a note, signed, with 97110 at 15 minutes instead of 23."""
    note = sign(ready_note())
    amend(note)
    change_minutes(again(note), "97110", 15)
    return sign(again(note))
