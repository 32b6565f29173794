"""Consent forms: word them, find which are due, take a signature or a refusal."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from people import audit
from people.changes import fill, write_changes, write_new
from people.consent_due import Standing, is_due
from people.models import ConsentForm, ConsentSignature, ConsentVersion, Patient, User

Answer = ConsentSignature.Answer
Relation = ConsentSignature.Relation


@dataclass(frozen=True)
class Asked:
    """A form as one patient meets it on one day: its wording, the last answer, and whether due."""

    form: ConsentForm
    version: ConsentVersion
    last: ConsentSignature | None
    is_due: bool


@transaction.atomic
def add_form(*, by: User, title: str, body: str, effective_from: dt.date, **values: Any) -> Any:
    """A new form with its first wording."""
    form = ConsentForm()
    fill(form, values)
    write_new(form)
    audit.record(by=by, action="consent_form.added", target=form)
    write_version(form=form, by=by, title=title, body=body, effective_from=effective_from)
    return form


@transaction.atomic
def change_form(*, form: ConsentForm, by: User, **values: Any) -> ConsentForm:
    form = ConsentForm.objects.select_for_update().get(pk=form.pk)
    if changed := write_changes(form, values):
        audit.record(by=by, action="consent_form.changed", target=form, fields=changed)
    return form


@transaction.atomic
def write_version(
    *,
    form: ConsentForm,
    by: User | None,
    title: str,
    body: str,
    effective_from: dt.date,
    asks_again: bool = False,
) -> ConsentVersion:
    """A new wording. The old ones stay as they were signed. The same words again raise
    `ValidationError`."""
    form = ConsentForm.objects.select_for_update().get(pk=form.pk)
    newest = form.versions.order_by("-number").first()
    body = body.replace("\r\n", "\n").strip()
    if newest is not None and (newest.title, newest.body) == (title.strip(), body):
        raise ValidationError({"body": "These are the words of the version in force."})
    if newest is not None and effective_from < newest.effective_from:
        raise ValidationError(
            {"effective_from": "The version before this one begins later. Choose a later day."}
        )
    version = ConsentVersion(form=form, number=newest.number + 1 if newest else 1, written_by=by)
    fill(
        version,
        {
            "title": title.strip(),
            "body": body,
            "effective_from": effective_from,
            "asks_again": asks_again,
        },
    )
    write_new(version)
    audit.record(by=by, action="consent_form.worded", target=form, version=version.number)
    return version


def asked_of(patient: Patient, *, on: dt.date, case_began_on: dt.date | None = None) -> list[Asked]:
    """Every form in use, as this patient meets it on that day."""
    forms = ConsentForm.objects.filter(is_active=True).prefetch_related("versions")
    answers = list(
        ConsentSignature.objects.filter(patient__in=Patient.objects.same_person(patient.pk))
        .defer("image")
        .select_related("version", "patient__clinic")
        .order_by("signed_at", "pk")
    )
    found = []
    for form in forms:
        versions = [row for row in form.versions.all() if row.effective_from <= on]
        if not versions:
            continue
        theirs = [row for row in answers if row.version.form_id == form.pk]
        standing = _standing(form, versions, theirs)
        found.append(
            Asked(
                form=form,
                version=max(versions, key=lambda row: row.number),
                last=theirs[-1] if theirs else None,
                is_due=is_due(standing, on=on, case_began_on=case_began_on),
            )
        )
    return found


def _standing(
    form: ConsentForm, versions: Iterable[ConsentVersion], answers: list[ConsentSignature]
) -> Standing:
    signed = [row for row in answers if row.is_signed]
    declined = [row for row in answers if not row.is_signed]
    return Standing(
        required=form.required,
        counts_days=form.counts_days,
        signed_on=_day_of(signed[-1]) if signed else None,
        signed_version=signed[-1].version.number if signed else 0,
        asks_again_from=max((row.number for row in versions if row.asks_again), default=0),
        declined_on=_day_of(declined[-1]) if declined else None,
    )


def _day_of(answer: ConsentSignature) -> dt.date:
    return timezone.localdate(answer.signed_at, timezone=answer.patient.clinic.zone)


def sign(
    *,
    patient: Patient,
    version: ConsentVersion,
    signer_name: str,
    relation: str,
    by: User | None,
    image: bytes | None = None,
    typed: str = "",
) -> ConsentSignature:
    """Signed, drawn or typed. The same signature once more is the one that is there."""
    return _answer(
        patient,
        version,
        by,
        answer=Answer.SIGNED,
        signer_name=signer_name,
        relation=relation,
        image=image,
        typed=typed,
    )


def decline(
    *,
    patient: Patient,
    version: ConsentVersion,
    signer_name: str,
    relation: str,
    reason: str,
    by: User | None,
) -> ConsentSignature:
    """Read and not signed, and why."""
    return _answer(
        patient,
        version,
        by,
        answer=Answer.DECLINED,
        signer_name=signer_name,
        relation=relation,
        reason=reason,
    )


@transaction.atomic
def _answer(
    patient: Patient, version: ConsentVersion, by: User | None, **given: Any
) -> ConsentSignature:
    # The patient's row: of two presses of the same button one finds the other's signature.
    patient = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    answer = ConsentSignature(
        patient=patient, version=version, taken_by=by, signed_at=timezone.now()
    )
    fill(answer, given)
    same = ConsentSignature.objects.filter(
        patient=patient,
        version=version,
        answer=answer.answer,
        signer_name=answer.signer_name,
        signed_at__gte=answer.signed_at - dt.timedelta(minutes=1),
    ).first()
    if same is not None:
        return same
    answer.sha256 = sha256_of(answer)
    write_new(answer)
    audit.record(
        by=by,
        action=f"consent.{answer.answer}",
        patient=patient,
        target=answer,
        sha256=answer.sha256,
        version=version.pk,
    )
    return answer


def sha256_of(answer: ConsentSignature) -> str:
    content = json.dumps(answer.content(), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def changed_signatures() -> list[str]:
    """Answers that no longer have the SHA-256 stored beside them, or the one that the audit line
    wrote down. For `manage.py verify`."""
    from_line = audit.hashes_of("consent.signed") | audit.hashes_of("consent.declined")
    found = []
    rows = ConsentSignature.objects.select_related("version").order_by("pk")
    for row in rows.iterator(chunk_size=200):
        if sha256_of(row) != row.sha256:
            found.append(f"consent {row.pk}: its content is not what was signed")
        elif from_line.get(row.pk) != row.sha256:
            found.append(f"consent {row.pk}: its hash is not the one that was recorded at signing")
    return found
