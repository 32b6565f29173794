"""What comes back of a plan: each answer once, written down, and certifying what was sent."""

import base64
import datetime as dt
import io

import pypdf
import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from PIL import Image

from documentation import cases, compliance, plan_answers, plan_sending, tasks, verification
from documentation.frozen import sha256_of
from documentation.models import PlanPdf, PlanSending
from documentation.plan_content import STATEMENT
from documentation.rules.certification import State
from people import links
from people.models import AuditEvent
from people.pictures import signature as picture
from tests.documentation.sent_plans import link_to, now, npi_of, ready_plan, sent, therapist_of

pytestmark = pytest.mark.django_db
Status, How = PlanSending.Status, PlanSending.How


def sign(sending, **values):
    values = {"name": "Wei Chen", "credential": "MD"} | values
    return plan_answers.sign(link=link_to(sending), **values)


def today_of(plan):
    return timezone.localdate(timezone=plan.episode.clinic.zone)


def test_the_first_reading_shows_that_it_arrived_and_each_is_written_down():
    sending = sent()
    link = link_to(sending)

    plan_answers.open_plan(link=link)
    first = now(sending).opened_at
    plan_answers.open_plan(link=link)

    assert now(sending).opened_at == first
    assert (now(sending.plan).sent_on, sending.plan.sent_proof) == (
        today_of(sending.plan),
        "Opened by the provider on the secure link",
    )
    events = AuditEvent.objects.filter(action="plan.opened_by_provider", target_id=sending.pk)
    assert [(event.actor, event.detail["link"]) for event in events] == [(None, link.pk)] * 2


def test_a_signature_certifies_the_plan_as_it_was_sent():
    sending = sent(ready_plan(starts_on=timezone.localdate()))
    plan = sending.plan
    plan.episode.started_on = plan.starts_on
    plan.episode.save(update_fields=["started_on"])

    signed = sign(sending)

    assert signed.signature["statement"] == STATEMENT
    assert signed.signature["npi"] == npi_of(sending)
    assert signed.signed_sha256 == sha256_of(
        {"content": sending.content, "signature": signed.signature, "image": ""}
    )
    assert (signed.status, signed.how) == (Status.SIGNED, How.LINK)
    plan = now(plan)
    assert (plan.signed_on, plan.signed_by_name) == (today_of(plan), "Wei Chen, MD")
    assert plan.signed_proof == f"Signed on the secure link, SHA-256 {signed.signed_sha256}"
    state, _ = compliance.told_of(plan, today=today_of(plan), episode=plan.episode, is_first=True)
    assert state.state == State.SIGNED
    event = AuditEvent.objects.get(action="plan.signed")
    assert (event.actor, event.detail["sha256"]) == (None, signed.signed_sha256)


def test_a_signature_counts_once_and_closes_the_link():
    sending = sent()
    sign(sending)

    with pytest.raises(plan_sending.NoLongerOpen) as caught:
        sign(sending, name="Somebody Else")
    with pytest.raises(plan_sending.NoLongerOpen):
        plan_answers.give_back(link=link_to(sending), remark="No.")

    assert caught.value.sending.signature["name"] == "Wei Chen"
    with pytest.raises(links.LinkUsed):
        links.open_link(links.token_of(link_to(sending)), purpose=plan_sending.PURPOSE)
    assert PlanPdf.objects.filter(copy="signed").count() == 1


def test_a_day_of_sending_that_was_mistyped_into_the_future_is_no_hindrance():
    plan = ready_plan(sent_on=timezone.localdate() + dt.timedelta(days=30))

    sign(sent(plan))

    assert now(plan).sent_on == plan.signed_on == today_of(plan)


def test_nobody_rewrites_a_signature_on_the_link():
    sending = sent()
    sign(sending)
    plan = now(sending.plan)

    with pytest.raises(ValidationError) as caught:
        cases.change_plan(plan=plan, by=therapist_of(plan), signed_by_name="Dr. Who")
    with pytest.raises(DatabaseError, match="not rewritten"), transaction.atomic():
        type(plan).objects.filter(pk=plan.pk).update(signed_by_name="Dr. Who")

    assert list(caught.value.message_dict) == ["signed_by_name"]


def test_a_signed_plan_is_not_sent_again():
    sending = sent()
    sign(sending)

    with pytest.raises(plan_sending.NotToSend, match="This plan is signed"):
        sent(now(sending.plan))


def test_returned_with_a_remark_the_plan_can_be_changed_and_sent_anew():
    sending = sent()
    plan = sending.plan

    plan_answers.give_back(link=link_to(sending), remark="Once a week is enough.")
    cases.change_plan(plan=plan, by=therapist_of(plan), frequency_per_week=1)
    second = sent(now(plan))

    sending = now(sending)
    assert (sending.status, sending.how, sending.remark) == (
        Status.RETURNED,
        How.LINK,
        "Once a week is enough.",
    )
    assert second.content["plan"]["frequency_per_week"] == 1
    assert now(plan).signed_on is None


def test_wrong_numbers_are_counted_and_close_the_link_after_ten():
    sending = sent()
    link = link_to(sending)

    for _ in range(11):
        plan_answers.note_wrong_npi(link=link)

    assert now(sending).wrong_npis == 10
    assert AuditEvent.objects.filter(action="plan.wrong_npi").count() == 10
    with pytest.raises(plan_sending.NoLongerOpen):
        sign(sending)
    again = sent(now(sending.plan))
    assert (again.status, now(sending).status) == (Status.OPEN, Status.WITHDRAWN)


def test_nobody_answers_after_the_time_is_over():
    sending = sent(days=1)
    later = timezone.now() + dt.timedelta(days=2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("documentation.models.plan.timezone.now", lambda: later)
        for act in (
            lambda: sign(sending),
            lambda: plan_answers.open_plan(link=link_to(sending)),
            lambda: plan_answers.give_back(link=link_to(sending), remark="No."),
        ):
            with pytest.raises(plan_sending.NoLongerOpen):
                act()

    assert now(sending).status == Status.OPEN


def paper(sending, **values):
    values = {
        "signed_on": today_of(sending.plan),
        "name": "Wei Chen",
        "credential": "MD",
        "proof": "Scan in the chart",
    } | values
    return plan_answers.record_paper(sending=sending, by=therapist_of(sending.plan), **values)


def test_the_signed_paper_certifies_the_plan_and_closes_the_link():
    sending = sent()
    by = therapist_of(sending.plan)

    paper(sending)

    plan, sending = now(sending.plan), now(sending)
    assert (plan.signed_on, plan.signed_by_name, plan.signed_proof) == (
        today_of(plan),
        "Wei Chen, MD",
        "Scan in the chart",
    )
    assert (sending.status, sending.how, sending.closed_by) == (Status.SIGNED, How.PAPER, by)
    assert sending.signature["recorded_by"] == str(by)
    assert plan_sending.link_of(sending) is None
    with pytest.raises(plan_sending.NoLongerOpen):
        paper(sending)


@pytest.mark.parametrize("days", [-1, 1])
def test_a_paper_cannot_be_signed_before_it_was_sent_or_tomorrow(days):
    sending = sent()

    with pytest.raises(ValidationError) as caught:
        paper(sending, signed_on=today_of(sending.plan) + dt.timedelta(days=days))

    assert list(caught.value.message_dict) == ["signed_on"]


def test_an_answer_is_known_of_once():
    sending = sent()
    by = therapist_of(sending.plan)
    plan_answers.mark_seen(sending=sending, by=by)
    assert now(sending).seen_at is None  # there is nothing to know of yet

    sign(sending)
    plan_answers.mark_seen(sending=sending, by=by)
    plan_answers.mark_seen(sending=sending, by=by)

    assert now(sending).seen_by == by
    assert AuditEvent.objects.filter(action="plan.answer_seen").count() == 1


def drawn() -> bytes:
    strokes = Image.new("RGBA", (60, 20))
    strokes.paste((0, 0, 0, 255), (5, 5, 40, 8))
    out = io.BytesIO()
    strokes.save(out, "PNG")
    return picture("data:image/png;base64," + base64.b64encode(out.getvalue()).decode())


def test_the_signed_copy_shows_who_signed_and_its_hash():
    sending = sent()
    signed = sign(sending, image=drawn())

    for pdf in PlanPdf.objects.all():
        tasks.render_plan_pdf(pdf.pk)

    def text_of(copy):
        row = sending.pdfs.get(copy=copy)
        pages = pypdf.PdfReader(io.BytesIO(bytes(row.file_bytes))).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())

    assert "Signed electronically on" in text_of("signed")
    assert "Wei Chen, MD" in text_of("signed")
    assert signed.signed_sha256 in text_of("signed")
    assert "Wei Chen, MD" not in text_of("sent").replace(sending.provider_name, "")
    assert sending.content_sha256 in text_of("sent")


def test_verify_finds_a_plan_or_a_signature_that_somebody_changed():
    sending = sent()
    sign(sending)
    other = sent()
    assert verification.changed_plans() == []

    # Somebody with the keys of the database, past its triggers.
    forged = now(sending).signature | {"name": "Somebody Else"}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE documentation_plansending DISABLE TRIGGER sent_plans_stay")
    PlanSending.objects.filter(pk=sending.pk).update(signature=forged)
    PlanSending.objects.filter(pk=other.pk).update(content={"plan": "another"})

    assert verification.changed_plans() == [
        f"sending {sending.pk}: its signature is not the one that was given",
        f"sending {other.pk}: its content is not what was sent",
    ]
