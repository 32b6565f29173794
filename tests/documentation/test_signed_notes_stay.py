"""A signed note, its services, its visit and its addenda: the database refuses every change."""

import threading
import time

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet

from documentation import charting, signing, verification
from documentation.frozen import sha256_of
from documentation.models import Addendum, Note, NotePdf, ServiceEntry, TimedEntry, Visit
from documentation.signals import note_signed
from people import audit
from people.models import AuditEvent
from tests.at_once import PATIENCE, all_at_once
from tests.documentation.ready import log, ready_note, sign
from tests.factories import PASSWORD, ProcedureCodeFactory, TimedEntryFactory, UserFactory

CHANGES = {
    "rewrite the content": ("note", "UPDATE documentation_note SET content = '{}'"),
    "rewrite the hash": ("note", "UPDATE documentation_note SET content_sha256 = 'f00'"),
    "unsign": (
        "note",
        "UPDATE documentation_note SET signed_at = NULL, signed_by_id = NULL, content_sha256 = ''",
    ),
    "change the words": ("note", "UPDATE documentation_note SET assessment = 'well'"),
    "co-sign what needs none": ("note", "UPDATE documentation_note SET cosigner_name = 'me'"),
    "delete the note": ("note", "DELETE FROM documentation_note"),
    "change minutes": ("services", "UPDATE documentation_timedentry SET minutes = 60"),
    "delete a service": ("services", "DELETE FROM documentation_timedentry"),
    "move the visit": ("visit", "UPDATE documentation_visit SET total_treatment_minutes = 90"),
    "delete the visit": ("visit", "DELETE FROM documentation_visit"),
    "change an addendum": ("only ever added", "UPDATE documentation_addendum SET text = 'x'"),
    "delete an addendum": ("only ever added", "DELETE FROM documentation_addendum"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("act", CHANGES)
def test_the_database_refuses_to(act):
    refusal, sql = CHANGES[act]
    note = sign(ready_note())
    signing.add_addendum(note=note, text="The hold was 15 s.", by=note.signed_by)

    with (
        pytest.raises(DatabaseError, match=refusal),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


@pytest.mark.django_db
def test_the_same_words_change_a_note_that_is_not_signed():
    ready_note()

    with connection.cursor() as cursor:
        for act in ("change the words", "change minutes", "move the visit", "delete a service"):
            cursor.execute(CHANGES[act][1])
            assert cursor.rowcount > 0


@pytest.mark.django_db
def test_nothing_is_logged_into_a_signed_note():
    note = sign(ready_note())
    ProcedureCodeFactory(code="97014", timed=False, minutes_per_unit=None)

    with pytest.raises(DatabaseError, match="services"), transaction.atomic():
        TimedEntryFactory(visit=note.visit)
    with pytest.raises(DatabaseError, match="services"), transaction.atomic():
        ServiceEntry.objects.create(visit=note.visit, code_id="97014")
    with pytest.raises(charting.AlreadySigned):
        log(note.visit, "97110", 5)


@pytest.mark.django_db
def test_a_co_signature_is_put_once_and_whole():
    note = ready_note(by_assistant=True)
    sign(note, by=note.visit.assistant.user)
    row = Note.objects.filter(pk=note.pk)

    with pytest.raises(DatabaseError), transaction.atomic():
        row.update(cosigner_name="Nobody")
    with pytest.raises(DatabaseError), transaction.atomic():
        row.update(cosign_needed=False)
    signing.cosign_note(note=note, by=note.visit.therapist.user, password=PASSWORD)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        row.update(cosigner_name="Somebody else")


# --- Addenda ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_addendum_stands_with_its_writer_and_the_audit_knows_its_hash():
    note = sign(ready_note())

    addendum = signing.add_addendum(note=note, text="  The hold was 15 s.\n", by=note.signed_by)

    assert (addendum.text, addendum.writer_name) == ("The hold was 15 s.", "Maria Lopez, PT")
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.detail) == (
        "addendum.written",
        {
            "addendum": addendum.pk,
            "sha256": "b880effa9f6be659200ec242edda1ce914b590ea52ed1f800c38909d292dc91e",
        },
    )


@pytest.mark.django_db
def test_an_addendum_does_not_ring_the_bell_again_but_has_the_pdf_made_anew():
    note = sign(ready_note())
    NotePdf.objects.filter(note=note).update(
        status=NotePdf.Status.READY, file_bytes=b"%PDF", sha256="0" * 64, attempts=3
    )
    heard = []
    note_signed.connect(lambda note, **kwargs: heard.append(note.pk), weak=False, dispatch_uid="t")

    signing.add_addendum(note=note, text="One more thing.", by=note.signed_by)
    note_signed.disconnect(dispatch_uid="t")

    pdf = NotePdf.objects.get(note=note)
    assert (pdf.status, pdf.attempts, heard) == ("waiting", 0, [])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "why"),
    [("", "Write what"), (" \n ", "Write what"), ("x" * 10_001, "10,000 characters at most")],
)
def test_an_addendum_says_something_and_not_too_much(text, why):
    note = sign(ready_note())

    with pytest.raises(signing.BadAddendum, match=why):
        signing.add_addendum(note=note, text=text, by=note.signed_by)

    assert not Addendum.objects.exists()


@pytest.mark.django_db
def test_only_a_signed_note_has_addenda():
    note = ready_note()

    with pytest.raises(signing.NotSigned):
        signing.add_addendum(note=note, text="Too early.", by=note.visit.therapist.user)
    with pytest.raises(DatabaseError, match="only a signed note"), transaction.atomic():
        Addendum.objects.create(
            note=note, text="Too early.", written_by=UserFactory(), writer_name="x"
        )


# --- Does it still say what was signed? ---------------------------------------------------------


def behind_the_triggers_back(sql, *values):
    connection.check_constraints()  # what waits for commit would keep the table from being altered
    with connection.cursor() as cursor:
        for table in ("note", "addendum"):
            cursor.execute(f"ALTER TABLE documentation_{table} DISABLE TRIGGER USER")
        cursor.execute(sql, values)
        connection.check_constraints()
        for table in ("note", "addendum"):
            cursor.execute(f"ALTER TABLE documentation_{table} ENABLE TRIGGER USER")


@pytest.mark.django_db
def test_verification_finds_nothing_in_an_honest_chart():
    note = sign(ready_note())
    signing.add_addendum(note=note, text="The hold was 15 s.", by=note.signed_by)

    assert (verification.changed_notes(), verification.changed_addenda()) == ([], [])


@pytest.mark.django_db
def test_verification_finds_a_note_whose_content_was_changed():
    note = sign(ready_note())
    behind_the_triggers_back(
        "UPDATE documentation_note SET content = jsonb_set(content, '{minutes,timed}', '98')"
    )

    assert verification.changed_notes() == [f"note {note.pk}: its content is not what was signed"]


@pytest.mark.django_db
def test_verification_finds_a_note_whose_hash_was_changed_with_its_content():
    note = sign(ready_note())
    forged = note.content | {"minutes": {"timed": 98, "total_treatment": 98}}
    behind_the_triggers_back(
        "UPDATE documentation_note SET content = jsonb_set(content, '{minutes}', "
        '\'{"timed": 98, "total_treatment": 98}\'), content_sha256 = %s',
        sha256_of(forged),
    )

    assert verification.changed_notes() == [
        f"note {note.pk}: its hash is not the one that was recorded at signing"
    ]


@pytest.mark.django_db
def test_verification_finds_a_changed_addendum_and_a_changed_pdf():
    note = sign(ready_note())
    addendum = signing.add_addendum(note=note, text="The hold was 15 s.", by=note.signed_by)
    NotePdf.objects.filter(note=note).update(status="ready", file_bytes=b"%PDF", sha256="0" * 64)
    behind_the_triggers_back("UPDATE documentation_addendum SET text = 'The hold was 50 s.'")

    assert verification.changed_addenda() == [
        f"addendum {addendum.pk}: its text is not what was written"
    ]
    assert verification.changed_pdfs() == [
        f"PDF of note {note.pk}: its bytes are not those that were made"
    ]
    assert audit.broken_links() == []


# --- At once ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_who_sign_at_once_one_wins():
    note = ready_note()

    def sign_it():
        sign(Note.objects.get(pk=note.pk))
        return "signed"

    answers = all_at_once([sign_it] * 4, told=(signing.AlreadySigned,))

    assert sorted(answers) == ["AlreadySigned"] * 3 + ["signed"]
    assert AuditEvent.objects.filter(action="note.signed").count() == 1


def insert_while_signing(note, monkeypatch):
    """Insert a service straight into the table between the freezing and the commit of a signature;
    whether the insert got in."""
    frozen, inserted = threading.Event(), threading.Event()
    save = QuerySet.update_or_create

    def hold_before_commit(self, *args, **kwargs):
        if self.model is NotePdf:
            frozen.set()
            until(lambda: inserted.is_set() or somebody_waits_for_a_lock())
        return save(self, *args, **kwargs)

    monkeypatch.setattr(QuerySet, "update_or_create", hold_before_commit)

    def log_late():
        frozen.wait(PATIENCE)
        TimedEntry.objects.create(visit_id=note.visit_id, code_id="97110", minutes=15)
        inserted.set()

    all_at_once([lambda: sign(Note.objects.get(pk=note.pk)), log_late], told=(DatabaseError,))
    return inserted.is_set()


def somebody_waits_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return cursor.fetchone()[0]


def until(comes):
    last = time.monotonic() + PATIENCE
    while not comes():
        assert time.monotonic() < last, "It did not come."
        time.sleep(0.02)


@pytest.mark.django_db(transaction=True)
def test_what_is_logged_while_the_note_is_being_signed_waits_and_is_refused(monkeypatch):
    note = ready_note()

    assert not insert_while_signing(note, monkeypatch)
    assert TimedEntry.objects.filter(visit=note.visit).count() == 2


@pytest.mark.django_db(transaction=True)
def test_without_the_second_look_it_would_have_slipped_in(monkeypatch):
    note = ready_note()
    bound_to_its_statement = """
        CREATE OR REPLACE FUNCTION visit_is_signed(visit bigint) RETURNS boolean
        LANGUAGE plpgsql STABLE AS $$
        BEGIN
            RETURN EXISTS (
                SELECT 1 FROM documentation_note WHERE visit_id = visit AND signed_at IS NOT NULL
            );
        END $$
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('visit_is_signed'::regproc)")
        [as_it_is] = cursor.fetchone()
        cursor.execute(bound_to_its_statement)
    try:
        assert insert_while_signing(note, monkeypatch)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(as_it_is)

    assert TimedEntry.objects.filter(visit=note.visit).count() == 3
    assert Visit.objects.get(pk=note.visit_id).note.is_signed
