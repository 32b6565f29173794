"""Claims on paper: printed in one PDF from what was released, once, or copied."""

import datetime as dt
from decimal import Decimal
from io import BytesIO

import pypdf
import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from billing import batches, claims, paper_batches, tasks
from billing.frozen import to_json
from billing.models import ClaimVersion, FormPrinter, PaperBatch, PayerPolicy
from billing.paper_claims import print_claim
from people.models import AuditEvent, Role
from tests.at_once import all_at_once
from tests.billing.makers import make_fees, make_partner, make_payer, make_signed_visit
from tests.billing.paper.samples import line
from tests.billing.paper_batches.makers import (
    made,
    make_paper_payer,
    pages_of,
    practice_day,
    released,
)
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


# Which claims go on paper


def test_a_payer_that_takes_paper_is_in_no_file_and_waits_by_itself(by_mail, biller):
    partner = make_partner()
    other = make_payer(partner=partner, name="Medicare Part B")
    PayerPolicy.objects.filter(payer=by_mail).update(partner=partner)
    on_paper, in_a_file = released(by_mail, biller), released(other, biller)

    assert batches.waiting_by_partner() == {partner: [in_a_file]}
    assert [(row.payer, row.claims, row.total) for row in paper_batches.waiting()] == [
        (by_mail, [on_paper], Decimal("275.00"))
    ]
    assert list(batches.build(partner=partner, by=biller).claims.all()) == [in_a_file]


def test_the_policy_of_the_visits_day_decides(by_mail, biller):
    released(by_mail, biller)
    old = PayerPolicy.objects.get(payer=by_mail)
    PayerPolicy.objects.filter(pk=old.pk).update(effective_to=dt.date(2026, 3, 1))
    PayerPolicy.objects.create(
        payer=by_mail, effective_from=dt.date(2026, 3, 2), unit_rule="cms", source="test"
    )

    assert paper_batches.waiting() == []


# Printed


def test_one_pdf_holds_a_form_for_each_claim_as_it_was_released(by_mail, biller):
    first, second = released(by_mail, biller), released(by_mail, biller)
    first.patient.last_name = "Nguyen"
    first.patient.save(update_fields=["last_name"])

    batch = made(paper_batches.ask_for_mail(payer=by_mail, by=biller))

    pages = pages_of(batch)
    assert [
        claim.control_number in page for claim, page in zip((first, second), pages, strict=True)
    ] == [True, True]
    assert "NGUYEN" not in "".join(pages)
    assert (batch.pages, batch.done, batch.how_far) == (2, 2, "Form 2 of 2")
    assert [claim.status for claim in batch.claims.order_by("pk")] == ["batched", "batched"]


def test_each_text_of_a_pile_stands_where_it_stands_on_the_claims_own_form(by_mail, biller):
    claim = released(by_mail, biller)
    released(by_mail, biller)

    batch = made(paper_batches.ask_for_mail(payer=by_mail, by=biller))

    own = print_claim(claim=claim, by=biller, background=True)
    assert drawn_on(bytes(batch.file_bytes)) == drawn_on(own)


def drawn_on(content: bytes) -> bytes:
    """What the first page draws, and where."""
    return pypdf.PdfReader(BytesIO(content)).pages[0].get_contents().get_data()


def test_a_claim_of_seven_lines_takes_two_pages_of_the_pile(by_mail, biller):
    claim = released(by_mail, biller)
    version = claim.versions.get()
    content = version.content | {"lines": [to_json(line(n)) for n in range(1, 8)]}
    ClaimVersion.objects.create(claim=claim, number=2, content=content, sha256="0" * 64)

    batch = made(paper_batches.ask_for_mail(payer=by_mail, by=biller))

    assert (batch.pages, len(pages_of(batch))) == (2, 2)


def test_drawn_again_it_is_the_same_bytes(by_mail, biller):
    released(by_mail, biller)
    batch = made(paper_batches.ask_for_mail(payer=by_mail, by=biller))

    assert paper_batches.redraw(batch) == bytes(batch.file_bytes)


def test_the_red_form_is_moved_as_the_printer_was_set_when_it_was_asked_for(by_mail, biller):
    claim = released(by_mail, biller)
    printer = FormPrinter.objects.create(clinic=claim.clinic, name="Desk", right=5, down=-2)
    batch = paper_batches.ask_for_mail(payer=by_mail, by=biller, background=False, printer=printer)
    FormPrinter.objects.update(right=70)

    made(batch)

    (page,) = pages_of(batch)
    assert (batch.right, batch.down, "Insured's group" in page) == (5, -2, False)
    assert paper_batches.redraw(batch) == bytes(batch.file_bytes)


def test_a_second_run_and_a_second_worker_find_it_made(by_mail, biller):
    released(by_mail, biller)
    batch = made(paper_batches.ask_for_mail(payer=by_mail, by=biller))

    tasks.print_paper_batch(batch.pk)

    batch.refresh_from_db()
    assert (batch.attempts, AuditEvent.objects.filter(action="paper_batch.made").count()) == (1, 1)


def test_what_fails_says_so_waits_and_is_made_when_asked_again(by_mail, biller, monkeypatch):
    released(by_mail, biller)
    batch = paper_batches.ask_for_mail(payer=by_mail, by=biller)

    def broken(*_):
        raise OSError("a font")

    with monkeypatch.context() as patch:
        patch.setattr(paper_batches, "draw", broken)
        for _ in range(5):
            with pytest.raises(OSError, match="a font"):
                paper_batches.make(batch)
    batch.refresh_from_db()
    assert (batch.status, batch.problem) == (
        "failed",
        "The server could not read something that PDFs are made with (OSError).",
    )

    assert paper_batches.ask_again(batch=batch, by=biller)

    made(batch)


def test_the_sweep_rings_again_for_a_bell_that_was_missed(by_mail, biller, monkeypatch):
    released(by_mail, biller)
    batch = paper_batches.ask_for_mail(payer=by_mail, by=biller)
    rung = []
    monkeypatch.setattr(tasks.print_paper_batch, "delay", rung.append)

    tasks.sweep_paper_batches()
    PaperBatch.objects.update(waiting_since=timezone.now() - dt.timedelta(minutes=3))
    tasks.sweep_paper_batches()

    assert rung == [batch.pk]


def test_the_database_keeps_what_was_printed(by_mail, biller):
    released(by_mail, biller)
    batch = made(paper_batches.ask_for_mail(payer=by_mail, by=biller))

    for change in ({"file_bytes": b"%PDF"}, {"versions": [1]}, {"status": "waiting"}):
        with pytest.raises(DatabaseError, match="stay as they were printed"), transaction.atomic():
            PaperBatch.objects.filter(pk=batch.pk).update(**change)
    with pytest.raises(DatabaseError, match="never removed"), transaction.atomic():
        PaperBatch.objects.filter(pk=batch.pk)._raw_delete("default")
    with pytest.raises(IntegrityError), transaction.atomic():
        PaperBatch.objects.filter(pk=batch.pk).update(
            mailed_on=dt.date(2026, 3, 9), mailed_by=biller, withdrawn_at=timezone.now()
        )


@pytest.mark.django_db(transaction=True)
def test_two_who_print_at_once_print_a_claim_once():
    biller = UserFactory(roles=[Role.BILLER])
    make_fees()
    payer = make_paper_payer()
    released(payer, biller)

    def ask() -> int:
        return len(paper_batches.ask_for_mail(payer=payer, by=biller).versions)

    answers = all_at_once([ask] * 2, told=(paper_batches.NothingToPrint,))

    assert sorted(map(str, answers)) == ["1", "NothingToPrint"]


# Copies


def test_copies_change_nothing_and_leave_out_what_was_never_released(by_mail, biller):
    was = released(by_mail, biller)
    draft = claims.draft_claim(make_signed_visit(payer=by_mail))

    batch = made(paper_batches.ask_for_copies(claims=[was, draft], by=biller))

    assert (len(pages_of(batch)), list(batch.claims.all())) == (1, [was])
    was.refresh_from_db()
    assert was.status == "released"
    with pytest.raises(paper_batches.NotOpen):
        paper_batches.mark_mailed(batch=batch, on=practice_day(), by=biller)
    with pytest.raises(paper_batches.NothingToPrint):
        paper_batches.ask_for_copies(claims=[draft], by=biller)


def test_the_same_copies_asked_for_twice_are_one_in_the_making(by_mail, biller):
    claim = released(by_mail, biller)
    first = paper_batches.ask_for_copies(claims=[claim], by=biller)

    with pytest.raises(paper_batches.AlreadyBeingMade) as known:
        paper_batches.ask_for_copies(claims=[claim], by=biller)

    assert known.value.batch == first
    made(first)
    assert paper_batches.ask_for_copies(claims=[claim], by=biller) != first


def test_a_pile_that_is_too_thick_is_refused(by_mail, biller, monkeypatch):
    claim = released(by_mail, biller)
    monkeypatch.setattr(paper_batches, "MOST_CLAIMS", 1)

    with pytest.raises(paper_batches.TooMany):
        paper_batches.ask_for_copies(claims=[claim, claim], by=biller)
