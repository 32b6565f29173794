"""The pages on which piles are printed, opened and marked as mailed."""

import pytest
from django.urls import reverse

from billing import batches, paper_batches
from billing.models import PaperBatch
from people.models import AuditEvent, Role
from tests.billing.makers import make_fees, make_partner, make_payer
from tests.billing.paper_batches.makers import made, practice_day, released
from tests.factories import UserFactory
from tests.file_answers import file_headers, shown_pdf

pytestmark = pytest.mark.django_db


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
