"""A plan of care by fax or e-mail: the fax carries the PDF, the e-mail only the link; once it has
gone, that is the day on which the plan was sent."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from documentation import letters, plan_answers, plan_sending, tasks
from documentation.models import PlanSending, ProviderLetter
from people.models import ReferringProvider
from tests.documentation.letter_ward import FakeCarrier
from tests.documentation.sent_plans import link_to, now, ready_plan, therapist_of, token_to
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
Status = ProviderLetter.Status


@pytest.fixture
def carrier(monkeypatch):
    fake = FakeCarrier()
    monkeypatch.setattr("documentation.carriers.of", lambda name: fake)
    return fake


@pytest.fixture
def plan():
    plan = ready_plan()
    ReferringProvider.objects.update(fax="+15035550177", email="office@heart.example")
    plan.episode.referring_provider.refresh_from_db()
    return plan


def put_out(plan, channel):
    return plan_sending.put_out(plan=plan, by=therapist_of(plan), days=30, channel=channel)


def carried(sending) -> ProviderLetter:
    """The letter, after a worker had the PDF and the letter in turn."""
    tasks.render_plan_pdf(sending.pdfs.get(copy="sent").pk)
    letter = ProviderLetter.objects.get(sending=sending)
    ProviderLetter.objects.filter(pk=letter.pk).update(not_before=timezone.now())
    letters.send(letter.pk)
    return now(letter)


def test_a_fax_carries_the_plan_and_its_day_is_the_day_of_sending(carrier, plan):
    sending = put_out(plan, "fax")

    letter = carried(sending)

    [parcel] = carrier.received
    assert parcel.pdf == bytes(sending.pdfs.get().file_bytes)
    assert "Okafor" not in parcel.text + parcel.subject + parcel.name
    assert (letter.status, letter.content_sha256) == (Status.SENT, sending.content_sha256)
    day = timezone.localdate(letter.sent_at, plan.episode.clinic.zone)
    assert (now(plan).sent_on, plan.sent_proof) == (day, "Fax to (503) 555-0177, receipt 1")
    assert now(sending).handed_over_at == letter.sent_at


def test_an_e_mail_carries_the_link_alone(carrier, plan):
    sending = put_out(plan, "email")

    carried(sending)

    [parcel] = carrier.received
    assert (parcel.pdf, parcel.to) == (b"", "office@heart.example")
    assert f"/plan-of-care/{token_to(sending)}/" in parcel.text
    assert "Okafor" not in parcel.text + parcel.subject
    assert now(plan).sent_proof == "E-mail to office@heart.example, receipt 1"


def test_a_letter_waits_until_the_pdf_is_made(carrier, plan):
    letter_id = ProviderLetter.objects.get(sending=put_out(plan, "fax")).pk

    letters.send(letter_id)

    letter = ProviderLetter.objects.get(pk=letter_id)
    assert (letter.status, letter.not_before > timezone.now()) == (Status.WAITING, True)
    assert (carrier.received, now(plan).sent_on) == ([], None)


@pytest.mark.parametrize(
    ("act", "problem"),
    [
        (
            lambda sending: plan_sending.withdraw(sending=sending, by=therapist_of(sending.plan)),
            "The plan was withdrawn or sent anew.",
        ),
        (
            lambda sending: plan_answers.sign(
                link=link_to(sending), name="Wei Chen", credential="MD"
            ),
            "The plan was answered meanwhile.",
        ),
    ],
)
def test_what_is_no_longer_to_be_signed_does_not_go(carrier, plan, act, problem):
    sending = put_out(plan, "fax")
    act(sending)

    letter = carried(sending)

    assert (letter.status, letter.problem, carrier.received) == (Status.WITHHELD, problem, [])


def test_a_letter_that_is_under_way_is_not_written_twice_and_another_way_is(plan):
    sending, by = put_out(plan, "fax"), therapist_of(plan)

    same = plan_sending.write_letter(sending=sending, channel="fax", by=by)
    other = plan_sending.write_letter(sending=sending, channel="email", by=by)
    ProviderLetter.objects.filter(pk=same.pk).update(status=Status.FAILED, problem="Busy.")
    again = plan_sending.write_letter(sending=sending, channel="fax", by=by)

    assert len({same.pk, other.pk, again.pk}) == ProviderLetter.objects.count() == 3


def test_a_letter_carries_a_plan_or_a_report_and_never_both(plan):
    sending = put_out(plan, "fax")

    with pytest.raises(IntegrityError, match="a_letter_carries_one_paper"), transaction.atomic():
        ProviderLetter.objects.create(
            kind="plan",
            patient=sending.patient,
            provider=sending.provider,
            content_sha256="0" * 64,
            channel="fax",
            source_key="x",
        )


def test_the_page_offers_the_ways_there_are_and_rings_for_the_letter(client, plan, monkeypatch):
    rung = []
    monkeypatch.setattr(tasks.render_plan_pdf, "delay", lambda pk: None)
    monkeypatch.setattr(tasks.send_letter, "delay", rung.append)
    client.force_login(therapist_of(plan))
    address = reverse("documentation:plan-send", args=[plan.pk])

    offered = client.get(address).content.decode()
    client.post(address, {"channel": "fax", "days": "21", "password": PASSWORD})
    sending = PlanSending.objects.get()
    client.post(reverse("documentation:plan-letter", args=[sending.pk]), {"channel": "email"})
    client.post(reverse("documentation:plan-letter", args=[sending.pk]), {"channel": "pigeon"})

    told = client.get(reverse("documentation:plan", args=[plan.pk])).content.decode()
    assert "Fax the PDF to (503) 555-0177" in offered
    assert "E-mail the link to office@heart.example" in offered
    assert sending.expires_at - sending.sent_at == dt.timedelta(days=21)
    assert rung == list(ProviderLetter.objects.order_by("pk").values_list("pk", flat=True))
    assert list(ProviderLetter.objects.order_by("pk").values_list("channel", flat=True)) == [
        "fax",
        "email",
    ]
    assert "Fax to (503) 555-0177 waiting" in told
    assert "There is no address on file for this way to the provider." in told
