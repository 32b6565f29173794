"""Claims on paper: printed in one PDF from what was released, mailed once, in no file."""

import datetime as dt
from decimal import Decimal
from io import BytesIO

import pypdf
import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models.signals import pre_save
from django.urls import reverse
from django.utils import timezone

from billing import batches, claims, paper_batches, tasks
from billing.fixes import link_to_fix
from billing.frozen import to_json
from billing.models import (
    Claim,
    ClaimVersion,
    Finding,
    FormPrinter,
    PaperBatch,
    PayerPolicy,
)
from billing.paper_claims import print_claim
from people.models import AuditEvent, Payer, Practice, Role, practice_zone
from tests.at_once import all_at_once
from tests.billing.makers import make_fees, make_partner, make_payer, make_signed_visit
from tests.billing.paper.samples import line
from tests.billing.test_secondary import decide
from tests.factories import UserFactory
from tests.file_answers import file_headers, shown_pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def biller(client):
    user = UserFactory(roles=[Role.BILLER])
    client.force_login(user)
    return user


def make_paper_payer(**policy) -> Payer:
    """A payer that wants its claims by mail."""
    payer = make_payer(
        **{
            "name": "State Accident Fund",
            "kind": "commercial",
            "filing": "CI",
            "paper_only": True,
            "certification_needed": False,
            "referral_needed": False,
            "assistant_modifier": False,
        }
        | policy
    )
    payer.line1, payer.city, payer.state, payer.postal_code = "PO Box 9", "Salem", "OR", "97301"
    payer.save(update_fields=["line1", "city", "state", "postal_code"])
    return payer


def released(payer, biller, *minutes) -> Claim:
    claim = claims.draft_claim(make_signed_visit(*minutes, payer=payer))
    claims.release(claim=claim, by=biller)
    claim.refresh_from_db()
    return claim


@pytest.fixture
def by_mail(biller):
    make_fees()
    return make_paper_payer()


def pages_of(batch) -> list[str]:
    batch.refresh_from_db()
    return [page.extract_text() for page in pypdf.PdfReader(BytesIO(bytes(batch.file_bytes))).pages]


def practice_day() -> dt.date:
    return timezone.localdate(timezone=practice_zone())


def made(batch) -> PaperBatch:
    paper_batches.make(batch)
    batch.refresh_from_db()
    assert batch.status == "ready"
    return batch


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


# Mailed


def test_what_was_mailed_is_sent_on_that_day_once(by_mail, biller):
    claim = released(by_mail, biller)
    batch = made(paper_batches.ask_for_mail(payer=by_mail, by=biller))
    today = practice_day()

    paper_batches.mark_mailed(batch=batch, on=today, by=biller)

    claim.refresh_from_db()
    batch.refresh_from_db()
    assert (claim.status, batch.mailed_on, batch.mailed_by) == ("sent", today, biller)
    with pytest.raises(paper_batches.NotOpen):
        paper_batches.mark_mailed(batch=batch, on=today, by=biller)
    with pytest.raises(paper_batches.NotOpen):
        paper_batches.withdraw(batch=batch, by=biller)


def test_what_is_not_made_cannot_be_mailed(by_mail, biller):
    released(by_mail, biller)
    batch = paper_batches.ask_for_mail(payer=by_mail, by=biller)

    with pytest.raises(paper_batches.NotReady):
        paper_batches.mark_mailed(batch=batch, on=practice_day(), by=biller)


@pytest.mark.parametrize("days", [-1, 1])
def test_nothing_is_mailed_before_it_was_printed_or_tomorrow(by_mail, biller, days):
    released(by_mail, biller)
    batch = made(paper_batches.ask_for_mail(payer=by_mail, by=biller))

    with pytest.raises(paper_batches.NotThatDay):
        paper_batches.mark_mailed(
            batch=batch, on=practice_day() + dt.timedelta(days=days), by=biller
        )


@pytest.fixture
def evening():
    """Piles are asked for at half past seven in the evening of March 9, in Portland."""

    def set_clock(instance, **kwargs):
        instance.asked_at = dt.datetime(2026, 3, 10, 2, 30, tzinfo=dt.UTC)

    pre_save.connect(set_clock, sender=PaperBatch)
    yield
    pre_save.disconnect(set_clock, sender=PaperBatch)


def test_a_pile_of_the_evening_is_mailed_on_the_clinics_day_though_utc_has_the_next(
    client, by_mail, biller, evening
):
    released(by_mail, biller)
    batch = made(paper_batches.ask_for_mail(payer=by_mail, by=biller))
    client.force_login(biller)

    page = client.get(batch.get_absolute_url()).content.decode()
    with pytest.raises(paper_batches.NotThatDay):
        paper_batches.mark_mailed(batch=batch, on=dt.date(2026, 3, 8), by=biller)
    paper_batches.mark_mailed(batch=batch, on=dt.date(2026, 3, 9), by=biller)

    batch.refresh_from_db()
    assert "Asked for Mar 9, 2026, 7:30 pm by" in page
    assert batch.mailed_on == dt.date(2026, 3, 9)


def test_a_withdrawn_pile_gives_its_claims_back_to_the_next(by_mail, biller):
    claim = released(by_mail, biller)
    first = paper_batches.ask_for_mail(payer=by_mail, by=biller)

    paper_batches.withdraw(batch=first, by=biller)
    second = paper_batches.ask_for_mail(payer=by_mail, by=biller)

    assert list(second.claims.all()) == [claim]
    assert not paper_batches.ask_again(batch=first, by=biller)


def test_a_payer_decides_a_claim_that_came_by_mail(by_mail, biller):
    """No 277CA comes for paper."""
    claim = released(by_mail, biller)
    batch = made(paper_batches.ask_for_mail(payer=by_mail, by=biller))
    paper_batches.mark_mailed(batch=batch, on=practice_day(), by=biller)
    claim.refresh_from_db()

    decide(claim, biller)

    assert claim.status == "paid"


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


# What does not fit


def visit_that_fits(payer):
    """The practice's name is short enough for item 33."""
    visit = make_signed_visit(payer=payer)
    Practice.objects.update(legal_name="River Bend PT")
    return visit


def found_on(claim) -> list[tuple[str, str, str]]:
    return [(row.check_id, row.severity, row.field) for row in claim.findings.all()]


def test_a_name_that_is_cut_is_said_with_its_field_and_holds_nothing(by_mail, biller):
    visit = visit_that_fits(by_mail)
    visit.clinic.name = "River Bend Physical Therapy of Gresham"
    visit.clinic.save(update_fields=["name"])

    claim = claims.draft_claim(visit)

    assert (claim.status, found_on(claim)) == (
        "ready",
        [("no_room_on_form", "warning", "clinic")],
    )
    assert claim.findings.get().message == (
        "CMS-1500 item 32: Service facility name has 38 characters; 26 fit."
    )


def test_a_number_that_would_be_cut_holds_the_claim(by_mail, biller):
    visit = visit_that_fits(by_mail)
    visit.patient.coverages.update(member_id="W" + "1" * 35)

    claim = claims.draft_claim(visit)

    assert (claim.status, found_on(claim)) == (
        "needs_work",
        [("no_room_on_form", "error", "coverage.member_id")],
    )
    with pytest.raises(claims.NotReady):
        claims.release(claim=claim, by=biller)


def test_a_payer_without_an_address_cannot_be_mailed_to(by_mail, biller):
    Payer.objects.filter(pk=by_mail.pk).update(line1="")

    claim = claims.draft_claim(visit_that_fits(by_mail))

    assert found_on(claim) == [("payer_address", "error", "payer_record.address")]


def test_what_goes_in_a_file_is_not_measured_by_the_form(biller):
    make_fees()
    visit = make_signed_visit(payer=make_payer(partner=make_partner()))
    visit.clinic.name = "River Bend Physical Therapy of Gresham"
    visit.clinic.save(update_fields=["name"])

    assert found_on(claims.draft_claim(visit)) == []


@pytest.mark.parametrize(
    ("field", "label"),
    [("clinic", "Clinic"), ("payer_record.address", "Payer"), ("coverage.member_id", "Card")],
)
def test_a_finding_of_the_form_leads_to_where_it_is_mended(by_mail, biller, field, label):
    claim = claims.draft_claim(make_signed_visit(payer=by_mail))

    assert link_to_fix(Finding(claim=claim, field=field), claim, by=biller).label == label


# The pages


def test_a_biller_prints_opens_and_mails_a_pile(client, by_mail, biller):
    claim = released(by_mail, biller)
    page = client.get(reverse("billing:paper-batches")).content.decode()
    assert ("State Accident Fund" in page, "$275.00" in page) == (True, True)
    assert (
        "1 claim of payers that take paper only"
        in client.get(reverse("billing:batches")).content.decode()
    )

    answer = client.post(reverse("billing:paper-mail", args=[by_mail.pk]), {"printer": ""})
    batch = PaperBatch.objects.get()
    assert answer["Location"] == batch.get_absolute_url()
    assert "Waiting in line" in client.get(answer["Location"]).content.decode()
    made(batch)
    file = client.get(reverse("billing:paper-batch-file", args=[batch.pk]))
    assert (file["Content-Type"], file.content) == ("application/pdf", bytes(batch.file_bytes))
    assert file_headers(file) == shown_pdf(f"cms1500-{batch.pk}.pdf")
    batch.refresh_from_db()
    assert batch.printed_at is not None
    today = practice_day()
    client.post(
        reverse("billing:paper-batch-mailed", args=[batch.pk]), {"mailed_on": today.isoformat()}
    )

    claim.refresh_from_db()
    assert claim.status == "sent"
    assert "Mailed" in client.get(batch.get_absolute_url()).content.decode()
    assert "Printed for the mail" in client.get(claim.get_absolute_url()).content.decode()
    assert [
        event.action
        for event in AuditEvent.objects.filter(action__startswith="paper_batch").order_by("pk")
    ] == ["paper_batch.asked", "paper_batch.made", "paper_batch.opened", "paper_batch.mailed"]


def test_a_wrong_day_comes_back_beside_its_field(client, by_mail, biller):
    released(by_mail, biller)
    batch = made(paper_batches.ask_for_mail(payer=by_mail, by=biller))

    answer = client.post(
        reverse("billing:paper-batch-mailed", args=[batch.pk]), {"mailed_on": "2020-01-01"}
    )

    assert answer.status_code == 422
    assert "Not before they were printed, and not a day to come." in answer.content.decode()


def test_ticked_claims_of_the_work_list_become_one_pdf(client, by_mail, biller):
    first, second = released(by_mail, biller), released(by_mail, biller)
    page = client.get(reverse("billing:claims"), {"show": "released"}).content.decode()
    assert page.count("Print the claim of") == 2
    assert "Print the ticked" not in client.get(reverse("billing:claims")).content.decode()

    client.post(
        reverse("billing:paper-copies"), {"claim": [first.pk, second.pk], "printer": "form"}
    )

    batch = PaperBatch.objects.get()
    assert (set(batch.claims.all()), batch.background, batch.purpose) == (
        {first, second},
        False,
        "copies",
    )


def test_every_claim_of_a_file_can_be_printed(client, biller):
    make_fees()
    partner = make_partner()
    claim = released(make_payer(partner=partner), biller)
    file = batches.build(partner=partner, by=biller)

    client.post(reverse("billing:paper-copies"), {"batch": file.pk})

    assert list(PaperBatch.objects.get().claims.all()) == [claim]


def test_nothing_ticked_says_so(client, biller):
    answer = client.post(reverse("billing:paper-copies"), {"claim": []})

    said = client.get(answer["Location"]).content.decode()
    assert "Tick at least one claim that was released." in said
    assert not PaperBatch.objects.exists()


def test_a_withdrawn_pile_has_no_pdf_to_open(client, by_mail, biller):
    released(by_mail, biller)
    batch = made(paper_batches.ask_for_mail(payer=by_mail, by=biller))
    client.post(reverse("billing:paper-batch-withdraw", args=[batch.pk]))

    answer = client.get(reverse("billing:paper-batch-file", args=[batch.pk]))

    assert answer["Location"] == batch.get_absolute_url()


def test_the_page_of_all_pdfs_shows_the_pile_and_tries_it_again(client, by_mail, biller):
    released(by_mail, biller)
    batch = paper_batches.ask_for_mail(payer=by_mail, by=biller)
    PaperBatch.objects.update(status="failed", attempts=5, problem="It broke.")
    page = client.get(reverse("documentation:papers")).content.decode()
    assert ("1 claim form for State Accident Fund" in page, "It broke." in page) == (True, True)

    client.post(reverse("documentation:papers-again"), {"paper": f"paper-claims:{batch.pk}"})

    batch.refresh_from_db()
    assert (batch.status, batch.attempts) == ("waiting", 0)


@pytest.mark.parametrize("count", [1, 3])
def test_a_pile_asks_the_same_however_many_claims_it_holds(
    client, by_mail, biller, django_assert_num_queries, count
):
    for _ in range(count):
        released(by_mail, biller)
    batch = made(paper_batches.ask_for_mail(payer=by_mail, by=biller))

    with django_assert_num_queries(8):  # the eighth: whose wall clock the page is read by
        client.get(batch.get_absolute_url())


def test_an_auditor_reads_but_mails_nothing(client, by_mail, biller):
    released(by_mail, biller)
    batch = made(paper_batches.ask_for_mail(payer=by_mail, by=biller))
    client.force_login(UserFactory(roles=[Role.AUDITOR]))

    page = client.get(batch.get_absolute_url())
    answer = client.post(
        reverse("billing:paper-batch-mailed", args=[batch.pk]),
        {"mailed_on": practice_day().isoformat()},
    )

    assert (page.status_code, answer.status_code) == (200, 403)
    assert "Mark as mailed" not in page.content.decode()
