"""The intake questionnaire: sent as a link, saved step by step, sent in, taken over by the desk.

What a patient writes is kept beside the record. Only `take_over` moves a field into it, and only
those that somebody of the staff has chosen.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format

from people import audit, intake, links, outbox
from people.models import CardPhoto, Message, Patient, PatientLink, Questionnaire, User
from people.pictures import Photo
from web.templatetags.pt import phone

PURPOSE = PatientLink.Purpose.INTAKE
KIND = "intake"
Status = Questionnaire.Status

# The fields of the record that a patient may propose to change, in the order they are reviewed.
OF_THE_RECORD = (
    "first_name",
    "middle_name",
    "last_name",
    "preferred_name",
    "pronouns",
    "birth_date",
    "sex",
    "mobile_phone",
    "home_phone",
    "email",
    "line1",
    "line2",
    "city",
    "state",
    "postal_code",
    "emergency_name",
    "emergency_phone",
    "emergency_relation",
)
TAKEN, KEPT = "taken", "kept"


class NotOpen(Exception):
    """It was sent in, or taken back: nothing can be written into it any more."""


class NotToReview(Exception):
    """It is still with the patient, or it was reviewed already."""


@transaction.atomic
def invite(*, patient: Patient, until: dt.datetime, by: User) -> Questionnaire:
    """A questionnaire for the patient, and the message with its link. One that is still open is
    taken back: the patient has one link that works."""
    patient = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    for row in Questionnaire.objects.filter(patient=patient, status=Status.OPEN):
        _withdraw(row, by=by)
    link = links.make(purpose=PURPOSE, patient=patient, expires_at=until, by=by)
    row = Questionnaire.objects.create(patient=patient, link=link, made_by=by)
    audit.record(by=by, action="questionnaire.sent", patient=patient, target=row)
    message_of(row, by=by)
    return row


def message_of(row: Questionnaire, *, by: User | None) -> Message:
    """The message that carries the link; the same one however often it is asked for."""
    clinic = row.patient.clinic
    until = row.link.expires_at.astimezone(clinic.zone)
    return outbox.queue(
        patient=row.patient,
        kind=KIND,
        source_key=f"questionnaire:{row.pk}",
        subject=f"Before your visit at {clinic}",
        body=(
            f"Please fill in this short form before your first visit at {clinic}:\n"
            f"{address_of(row)}\n"
            f"The link works until {until:%B} {until.day}."
        ),
        not_after=row.link.expires_at,
        by=by,
    )


def address_of(row: Questionnaire) -> str:
    path = reverse("people:intake", args=[links.token_of(row.link)])
    return f"{settings.PUBLIC_URL}{path}"


@transaction.atomic
def withdraw(*, questionnaire: Questionnaire, by: User) -> Questionnaire:
    """Take the link back before it was used. Twice is once."""
    row = _locked(questionnaire)
    if row.status == Status.OPEN:
        _withdraw(row, by=by)
    return row


def _withdraw(row: Questionnaire, *, by: User) -> None:
    row.status = Status.WITHDRAWN
    row.save(update_fields=["status"])
    row.link.revoked_at = timezone.now()
    row.link.save(update_fields=["revoked_at"])
    audit.record(by=by, action="questionnaire.withdrawn", patient=row.patient, target=row)


def of_link(link: PatientLink) -> Questionnaire:
    return Questionnaire.objects.select_related("patient__clinic", "link").get(link=link)


@transaction.atomic
def save_step(*, questionnaire: Questionnaire, step: str, values: dict[str, Any]) -> Questionnaire:
    """Keep what was typed in one step. Raises `NotOpen`."""
    row = _open(questionnaire)
    row.answers = row.answers | {step: values}
    row.version += 1
    row.save(update_fields=["answers", "version"])
    return row


@transaction.atomic
def keep_photo(*, questionnaire: Questionnaire, side: str, photo: Photo) -> CardPhoto:
    """The picture of one side of the card, in place of an earlier one. Raises `NotOpen`."""
    row = _open(questionnaire)
    kept, _ = CardPhoto.objects.update_or_create(
        questionnaire=row,
        side=side,
        defaults={
            "image": photo.image,
            "thumbnail": photo.thumbnail,
            "sha256": hashlib.sha256(photo.image).hexdigest(),
            "taken_at": timezone.now(),
        },
    )
    return kept


@transaction.atomic
def send_in(*, questionnaire: Questionnaire) -> Questionnaire:
    """The patient is done: the link closes and the desk has it to review. Raises `NotOpen`."""
    row = _open(questionnaire)
    links.use(row.link)
    row.status, row.sent_in_at = Status.SENT_IN, timezone.now()
    row.save(update_fields=["status", "sent_in_at"])
    audit.record(by=None, action="questionnaire.sent_in", patient=row.patient, target=row)
    return row


def proposals(row: Questionnaire) -> list[dict[str, Any]]:
    """Field by field what the record says and what the patient wrote, where the two differ."""
    given = {name: value for step in row.answers.values() for name, value in step.items() if value}
    found = []
    for name in OF_THE_RECORD:
        if name not in given:
            continue
        field = Patient._meta.get_field(name)
        old, new = getattr(row.patient, name), field.to_python(given[name])  # type: ignore[union-attr]
        if old != new:
            found.append(
                {
                    "name": name,
                    "label": field.verbose_name,  # type: ignore[union-attr]
                    "new": new,
                    "old_words": _as_read(field, old),
                    "new_words": _as_read(field, new),
                }
            )
    return found


def _as_read(field: Any, value: Any) -> str:
    if isinstance(value, dt.date):
        return date_format(value, "F j, Y")
    if field.name.endswith("_phone"):
        return phone(value)
    return str(dict(field.flatchoices).get(value, value))


@transaction.atomic
def take_over(*, questionnaire: Questionnaire, names: Collection[str], by: User) -> Questionnaire:
    """Put the chosen fields into the record; the others stay as they are. Raises `NotToReview`,
    or `ValidationError` for a value that the record cannot hold."""
    row = _to_review(questionnaire)
    proposed = {item["name"]: item["new"] for item in proposals(row)}
    chosen = {name: value for name, value in proposed.items() if name in names}
    if chosen:
        row.patient = intake.change_patient(patient=row.patient, by=by, **chosen)
    row.decisions = row.decisions | {name: TAKEN if name in chosen else KEPT for name in proposed}
    row.save(update_fields=["decisions"])
    audit.record(
        by=by,
        action="questionnaire.taken_over",
        patient=row.patient,
        target=row,
        fields=sorted(chosen),
    )
    return row


@transaction.atomic
def finish(*, questionnaire: Questionnaire, by: User) -> Questionnaire:
    """The desk has gone through all of it. Raises `NotToReview`."""
    row = _to_review(questionnaire)
    row.status, row.reviewed_at, row.reviewed_by = Status.REVIEWED, timezone.now(), by
    row.save(update_fields=["status", "reviewed_at", "reviewed_by"])
    audit.record(by=by, action="questionnaire.reviewed", patient=row.patient, target=row)
    return row


def _locked(questionnaire: Questionnaire) -> Questionnaire:
    return (
        Questionnaire.objects.select_for_update(of=("self",))
        .select_related("patient__clinic", "link")
        .get(pk=questionnaire.pk)
    )


def _open(questionnaire: Questionnaire) -> Questionnaire:
    row = _locked(questionnaire)
    if row.status != Status.OPEN:
        raise NotOpen
    return row


def _to_review(questionnaire: Questionnaire) -> Questionnaire:
    row = _locked(questionnaire)
    if row.status != Status.SENT_IN:
        raise NotToReview
    return row
