"""Patients from another system's file: check it, import it in chunks, take it back.

What is to be done stands on the rows: a task that is killed goes on where it was, and the same
row, or the same file, makes nobody twice. A person who seems to be here already is left out until
somebody at the desk says otherwise.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Sequence

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Lower
from django.utils import timezone

from people import audit, intake, merge_rows, patient_csv
from people.duplicates import known
from people.likeness import Known, compare
from people.models import Clinic, ImportFile, ImportRow, MergeRecord, Patient, User
from people.patient_columns import COLUMNS
from web import csv_file

CHUNK = 500
Status = ImportFile.Status


class CannotImport(Exception):
    """`told` says why, and `file` is the import that is meant, where there is one."""

    def __init__(self, told: str, file: ImportFile | None = None) -> None:
        super().__init__("cannot import")
        self.told = told
        self.file = file


class CannotUndo(Exception):
    """Some of the patients are in use by now; `used` holds them, the first of `count`."""

    def __init__(self, used: list[Patient], count: int) -> None:
        super().__init__("cannot undo")
        self.used = used
        self.count = count


@transaction.atomic
def check(*, content: bytes, name: str, clinic: Clinic, by: User) -> ImportFile:
    """The dry run: nobody is made. Raises `Unreadable`, or `CannotImport` for a file that is here
    already."""
    today = timezone.localdate(timezone=clinic.zone)
    sheet = patient_csv.read(content, today=today)
    file = ImportFile(
        clinic=clinic,
        name=name[:120],
        sha256=hashlib.sha256(content).hexdigest(),
        header=list(sheet.header),
        unknown=list(sheet.unknown),
        uploaded_by=by,
    )
    try:
        with transaction.atomic():
            file.save(force_insert=True)
    except IntegrityError:
        same = ImportFile.objects.exclude(status=Status.UNDONE).get(sha256=file.sha256)
        raise CannotImport("This very file has been uploaded already.", same) from None
    rows = [
        ImportRow(
            file=file,
            number=row.number,
            cells=list(row.cells),
            values=row.values,
            problems=[[problem.column, problem.told] for problem in row.problems],
            taken=not row.problems,
        )
        for row in sheet.rows
    ]
    for chunk in _in_chunks(rows):
        _leave_out_look_alikes([row for row in chunk if row.taken], clinic=clinic, by=by)
        ImportRow.objects.bulk_create(chunk)
    audit.record(by=by, action="import.checked", target=file, rows=len(rows))
    return file


@transaction.atomic
def choose(*, row: ImportRow, take: bool, by: User) -> ImportRow:
    """Take a person who seems to be here already, or leave them out. Twice is the same as once."""
    file = _lock(row.file_id)
    row = ImportRow.objects.select_for_update().get(pk=row.pk)
    if row.problems or row.patient_id or file.status not in (Status.CHECKED, Status.DONE):
        raise CannotImport("This row cannot be chosen any more.", file)
    if row.taken != take:
        row.taken = take
        row.save(update_fields=["taken"])
        audit.record(by=by, action="import.chosen", target=file, row=row.number, taken=take)
    return row


@transaction.atomic
def start(*, file: ImportFile, by: User) -> ImportFile:
    """Ask for the good rows to be imported; a task does it. Twice is the same as once."""
    file = _lock(file.pk)
    if file.status == Status.IMPORTING:
        return file
    if file.status == Status.UNDONE:
        raise CannotImport("This import has been taken back: upload the file again.", file)
    count = file.rows.all().to_make().count()
    if not count:
        raise CannotImport("No row is left to import.", file)
    file.status = Status.IMPORTING
    file.started_at = file.worked_at = timezone.now()
    file.started_by = by
    file.save(update_fields=["status", "started_at", "worked_at", "started_by"])
    audit.record(by=by, action="import.started", target=file, rows=count)
    return file


@transaction.atomic
def import_chunk(file_id: int) -> bool:
    """Make the next patients; whether there may be more. All of a chunk, or nothing of it."""
    file = _lock(file_id)
    if file.status != Status.IMPORTING or file.started_by is None:
        return False
    rows = list(file.rows.all().to_make().select_for_update()[:CHUNK])
    if rows:
        _make(rows, file=file, by=file.started_by)
    else:
        file.status, file.finished_at = Status.DONE, timezone.now()
        made = file.rows.all().made().count()
        audit.record(by=file.started_by, action="import.finished", target=file, patients=made)
    file.worked_at = timezone.now()
    file.save(update_fields=["status", "finished_at", "worked_at"])
    return bool(rows)


@transaction.atomic
def discard(*, file: ImportFile, by: User) -> None:
    """Forget a file of which nothing has been imported."""
    file = _lock(file.pk)
    if file.status != Status.CHECKED:
        raise CannotImport("This import has begun: it can be taken back instead.", file)
    audit.record(by=by, action="import.discarded", target=file)
    file.delete()


@transaction.atomic
def undo(*, file: ImportFile, by: User) -> ImportFile:
    """Remove whom the import made, as long as nobody of them is in use. Raises `CannotUndo`."""
    file = _lock(file.pk)
    if file.status == Status.UNDONE:
        return file
    if file.status != Status.DONE:
        raise CannotImport("Only a finished import can be taken back.", file)
    ids = file.rows.all().made().values_list("patient", flat=True)
    patients = list(Patient.objects.filter(pk__in=list(ids)).order_by("pk").select_for_update())
    used = _used({patient.pk for patient in patients})
    if used:
        named = [patient for patient in patients if patient.pk in used]
        raise CannotUndo(named[:20], len(named))
    now = timezone.now()
    here = [patient for patient in patients if patient.removed_at is None]
    Patient.objects.filter(pk__in=[patient.pk for patient in here]).update(removed_at=now)
    audit.record_many(by=by, action="patient.removed", patients=here)
    file.rows.update(cells=[], values={})
    file.status, file.undone_at, file.undone_by = Status.UNDONE, now, by
    file.save(update_fields=["status", "undone_at", "undone_by"])
    audit.record(by=by, action="import.undone", target=file, patients=len(here))
    return file


def refused(file: ImportFile) -> bytes:
    """The rows with problems as a file to mend and upload again, what is wrong in a last column."""
    rows = (
        [*row.cells, *[""] * (len(file.header) - len(row.cells)), _in_words(row.problems)]
        for row in file.rows.all().with_problems()
    )
    return _written([*file.header, patient_csv.PROBLEMS], rows)


def template() -> bytes:
    """A file to fill in: our columns, and one row that shows how."""
    columns = COLUMNS.values()
    return _written([column.label for column in columns], [[column.example for column in columns]])


def _written(header: Iterable[str], rows: Iterable[Iterable[str]]) -> bytes:
    # A header that somebody uploaded may be a formula too.
    return b"".join(csv_file.lines([csv_file.cell(name) for name in header], rows))


def _in_words(problems: list[list[str]]) -> str:
    return " ".join(f"{column}: {told}" if column else told for column, told in problems)


def _lock(file_id: int) -> ImportFile:
    """Whoever works on an import holds its row: two workers take turns."""
    files = ImportFile.objects.select_related("clinic", "started_by")
    return files.select_for_update(of=("self",)).get(pk=file_id)


def _in_chunks(rows: Sequence[ImportRow]) -> Iterator[Sequence[ImportRow]]:
    for first in range(0, len(rows), CHUNK):
        yield rows[first : first + CHUNK]


def _make(rows: list[ImportRow], *, file: ImportFile, by: User) -> None:
    # Somebody may have been registered since the dry run, from another file too.
    fresh = [row for row in rows if row.look_alike_id is None]
    _leave_out_look_alikes(fresh, clinic=file.clinic, by=by, except_from=file)
    for row in rows:
        _refuse_what_breaks_a_rule(row, file.clinic)
    taken = [row for row in rows if row.taken]
    if taken:
        values = [_values(row, file.clinic) for row in taken]
        made = intake.register_patients(values, by=by)
        _keep_whom_they_made(taken, made)
    left = [row for row in rows if not row.taken]
    ImportRow.objects.bulk_update(left, ["problems", "taken", "look_alike", "why_alike"])


def _keep_whom_they_made(rows: list[ImportRow], made: list[Patient]) -> None:
    # One plain query: a bulk update compares each row with every other.
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_importrow AS row SET patient_id = pair.made, cells = '[]', values = '{}'"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS pair (row, made) WHERE row.id = pair.row",
            [[row.pk for row in rows], [patient.pk for patient in made]],
        )


def _values(row: ImportRow, clinic: Clinic) -> dict[str, object]:
    born = dt.date.fromisoformat(row.values["birth_date"])
    return {**row.values, "birth_date": born, "clinic": clinic}


def _refuse_what_breaks_a_rule(row: ImportRow, clinic: Clinic) -> None:
    """The file's rules are those of a patient; where they should differ, the patient's hold."""
    if not row.taken:
        return
    try:
        intake.check_alone(Patient(mrn="PT000000", **_values(row, clinic)))
    except ValidationError as error:
        row.problems = [
            [_label(name), told]
            for name, messages in error.message_dict.items()
            for told in messages
        ]
        row.taken = False


def _label(field: str) -> str:
    column = COLUMNS.get(field)
    return column.label if column is not None else ""


def _leave_out_look_alikes(
    rows: list[ImportRow], *, clinic: Clinic, by: User, except_from: ImportFile | None = None
) -> None:
    """Mark the rows that seem to be a patient who is here: one query, however many rows."""
    if not rows:
        return
    people = [_known(row) for row in rows]
    by_clue: dict[object, list[Patient]] = {}
    for patient in _candidates(rows, people, by=by, except_from=except_from):
        for clue in _clues(known(patient)):
            by_clue.setdefault(clue, []).append(patient)
    for row, person in zip(rows, people, strict=True):
        near = {p.pk: p for clue in _clues(person) for p in by_clue.get(clue, [])}
        found = [(compare(person, known(patient)), patient) for patient in near.values()]
        likely = [pair for pair in found if pair[0].is_enough]
        if likely:
            likeness, patient = max(likely, key=lambda pair: (pair[0].points, -pair[1].pk))
            row.look_alike, row.taken = patient, False
            row.why_alike = ", ".join(likeness.reasons)[:200]


def _known(row: ImportRow) -> Known:
    """The row as `likeness` compares it."""
    fields = ("last_name", "first_name", "preferred_name", "mobile_phone", "home_phone", "email")
    written = {name: row.values.get(name, "") for name in (*fields, "sex")}
    born = dt.date.fromisoformat(row.values["birth_date"])
    return known(Patient(birth_date=born, **written))


def _clues(person: Known) -> set[object]:
    """What two records of one person share at least one of."""
    return {person.birth_date, (person.last_name, person.first_name), *person.phones}


def _candidates(
    rows: Iterable[ImportRow],
    people: Iterable[Known],
    *,
    by: User,
    except_from: ImportFile | None,
) -> models.QuerySet[Patient]:
    phones = {phone for person in people for phone in person.phones}
    called = {f"{row.values['last_name']}|{row.values['first_name']}".lower() for row in rows}
    patients = Patient.objects.visible_to(by).alias(
        called=Lower(Concat(F("last_name"), Value("|"), F("first_name")))
    )
    if except_from is not None:
        # Two rows of one file were both looked at in the dry run: twins are two people.
        patients = patients.exclude(pk__in=except_from.rows.all().made().values("patient"))
    days = {row.values["birth_date"] for row in rows}
    fits = Q(birth_date__in=days) | Q(called__in=called)
    if phones:
        fits |= Q(mobile_phone__in=phones) | Q(home_phone__in=phones)
    return patients.filter(fits)


def _used(ids: set[int]) -> set[int]:
    """Those of the patients on whom anything hangs: a card, an appointment, a message …"""
    used: set[int] = set()
    for kind in merge_rows.kinds():
        if kind.model is Patient:
            continue
        there = kind.model._base_manager.filter(**{f"{kind.key}__in": ids})
        used.update(there.order_by().values_list(kind.key, flat=True).distinct())
    merges = MergeRecord.objects.filter(Q(kept__in=ids) | Q(other__in=ids), undone_at=None)
    for pair in merges.values_list("kept", "other"):
        used |= ids & set(pair)
    return used
