"""The pages around a plan that is sent: what they show, and what one press does."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from documentation import plan_answers, plan_sending, tasks
from documentation.models import PlanPdf, PlanSending
from people.models import AuditEvent
from tests.documentation.sent_plans import link_to, now, ready_plan, sent, therapist_of, token_to
from tests.factories import PASSWORD
from tests.file_answers import file_headers, shown_pdf

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"documentation:{name}", args=args)


@pytest.fixture
def rung(monkeypatch):
    """The PDFs for which a bell rang."""
    rings = []
    monkeypatch.setattr(tasks.render_plan_pdf, "delay", rings.append)
    return rings


@pytest.fixture
def plan(rung):
    return ready_plan()


@pytest.fixture
def page(client, plan):
    client.force_login(therapist_of(plan))
    return client


def shown(page, plan):
    return " ".join(page.get(url("plan", plan.pk)).content.decode().split())


def test_what_would_go_out_is_read_first_and_sent_with_the_password(page, plan, rung):
    before = page.get(url("plan-send", plan.pk)).content.decode()
    answer = page.post(url("plan-send", plan.pk), {"days": "14", "password": PASSWORD})

    assert "Neuromuscular re-education, gait training" in before
    assert "Sign and send" in before
    sending = PlanSending.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, url("plan", plan.pk))
    assert sending.expires_at - sending.sent_at == dt.timedelta(days=14)
    assert rung == [sending.pdfs.get().pk]
    told = shown(page, plan)
    assert "Waiting for an answer" in told
    assert "Made ready to send" in told


def test_a_wrong_password_is_said_beside_its_field(page, plan, rung):
    answer = page.post(url("plan-send", plan.pk), {"days": "30", "password": "guess"})

    assert answer.status_code == 422
    assert "That is not your password" in answer.content.decode()
    assert (PlanSending.objects.exists(), rung) == (False, [])


def test_who_may_not_send_reads_why(client, plan):
    plan.episode.goals.all().delete()
    client.force_login(therapist_of(plan))

    answer = client.post(url("plan-send", plan.pk), {"days": "30", "password": PASSWORD})

    assert answer.status_code == 422
    assert "The case still needs a long-term goal." in answer.content.decode()


def test_a_plan_that_is_out_leads_back_to_its_page(page, plan):
    sending = sent(plan)

    answer = page.post(url("plan-send", plan.pk), {"days": "30", "password": PASSWORD})

    assert answer["Location"] == url("plan", plan.pk)
    assert f"The plan is with {sending.provider_name} already." in shown(page, plan)
    assert PlanSending.objects.count() == 1


def test_a_case_without_a_provider_says_so_where_the_plan_would_be_sent(page, plan):
    plan.episode.referring_provider = None
    plan.episode.save(update_fields=["referring_provider"])

    told = shown(page, plan)

    assert "The case names no referring provider." in told
    assert url("plan-send", plan.pk) not in told


def test_handed_over_by_hand_stands_in_the_plan_with_its_proof(page, plan):
    sending = sent(plan)

    page.post(url("plan-handed-over", sending.pk), {"proof": "Fax receipt 9:05"})
    page.post(url("plan-handed-over", sending.pk), {"proof": ""})

    assert now(plan).sent_proof == "Fax receipt 9:05"
    assert "Fax receipt 9:05" in shown(page, plan)


def test_withdrawn_from_its_page_it_can_be_sent_again(page, plan):
    sending = sent(plan)
    assert url("plan-send", plan.pk) not in shown(page, plan)

    page.post(url("plan-withdraw", sending.pk))
    told = shown(page, plan)
    page.post(url("plan-withdraw", sending.pk))
    again = shown(page, plan)

    assert "Taken back" in told
    assert url("plan-send", plan.pk) in told
    assert "It was answered, withdrawn or replaced meanwhile" in again


def test_a_change_that_brings_the_plan_back_says_so(page, plan):
    sending = sent(plan)
    goal = plan.episode.goals.get()
    assert "If you change what it says here" in shown(page, plan)

    page.post(
        url("goal", goal.pk),
        {"text": "Walk 500 m", "due_on": "2026-05-01", "initial-text": goal.text},
    )
    told = shown(page, plan)

    assert f"The plan of care with {sending.provider_name} is withdrawn" in told
    assert "The plan was changed" in told


def test_a_signed_plan_locks_its_fields_and_shows_its_signature(page, plan):
    sending = sent(plan)
    plan_answers.sign(link=link_to(sending), name="Wei Chen", credential="MD")

    told = shown(page, plan)
    page.post(
        url("plan", plan.pk),
        {
            "starts_on": "2026-04-01",
            "frequency_per_week": "5",
            "duration_weeks": "12",
            "amount_per_day": "1",
            "interventions": "Gait training",
            "sent_on": str(now(plan).sent_on),
            "sent_proof": plan.sent_proof,
            "signed_on": str(plan.signed_on),
            "signed_by_name": plan.signed_by_name,
            "signed_proof": plan.signed_proof,
            "delay_reason": "Found late.",
        },
    )

    assert "The plan is signed and stays as it was signed." in told
    assert "Signed by Wei Chen, MD" in told
    assert (now(plan).frequency_per_week, plan.delay_reason) == (2, "Found late.")


def test_the_signed_paper_is_recorded_on_a_page_of_its_own(page, plan, rung):
    sending = sent(plan)
    today = timezone.localdate(timezone=plan.episode.clinic.zone)
    values = {"name": "Wei Chen", "credential": "MD", "proof": "Scan in the chart"}
    tomorrow = (today + dt.timedelta(days=1)).isoformat()

    wrong = page.post(url("plan-paper", sending.pk), values | {"signed_on": tomorrow})
    right = page.post(url("plan-paper", sending.pk), values | {"signed_on": today.isoformat()})
    late = page.post(url("plan-paper", sending.pk), values | {"signed_on": today.isoformat()})

    assert wrong.status_code == 422
    assert "This day is still to come." in wrong.content.decode()
    assert (right.status_code, late.status_code) == (303, 303)
    assert (now(plan).signed_on, plan.signed_by_name) == (today, "Wei Chen, MD")
    assert rung == [sending.pdfs.get(copy="signed").pk]
    assert "on paper: Scan in the chart" in shown(page, plan)


def test_the_address_is_shown_on_request_alone_and_that_is_written_down(page, plan):
    sending = sent(plan)
    token = token_to(sending)
    assert token not in shown(page, plan)

    answer = page.post(url("plan-link-shown", sending.pk)).content.decode()
    plan_sending.withdraw(sending=sending, by=therapist_of(plan))
    late = page.post(url("plan-link-shown", sending.pk))

    assert token in answer
    assert AuditEvent.objects.filter(action="plan.link_shown").count() == 1
    assert late["Location"] == url("plan", plan.pk)


def test_the_pdf_opens_once_it_is_made_and_each_opening_is_written_down(page, plan):
    pdf = sent(plan).pdfs.get()
    waits = page.get(url("plan-pdf", pdf.pk))
    state = page.get(url("plan-pdf-state", pdf.pk)).content.decode()
    tasks.render_plan_pdf(pdf.pk)

    answer = page.get(url("plan-pdf", pdf.pk))

    assert waits["Location"] == plan.episode.get_absolute_url()
    assert "Waiting in line" in state
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert file_headers(answer) == shown_pdf(f"plan-of-care-{pdf.pk}.pdf")
    assert AuditEvent.objects.filter(action="plan.pdf_viewed").count() == 1


def test_a_pdf_that_failed_is_tried_again_by_whoever_asks(page, plan, rung):
    pdf = sent(plan).pdfs.get()
    PlanPdf.objects.update(status="failed", attempts=5, problem="No memory.")

    told = shown(page, plan)
    page.post(url("plan-pdf-again", pdf.pk))

    assert "The PDF could not be made. No memory." in told
    assert (now(pdf).status, pdf.attempts, rung) == ("waiting", 0, [pdf.pk])


def test_today_tells_of_answers_until_somebody_knows_and_of_links_that_ended(page, plan):
    signed, returned, locked = sent(plan), _another(plan), _another(plan)
    with pytest.MonkeyPatch.context() as patch:
        earlier = timezone.now() - dt.timedelta(days=40)
        patch.setattr("documentation.plan_sending.timezone.now", lambda: earlier)
        silent = _another(plan)
    plan_answers.sign(link=link_to(signed), name="Wei Chen", credential="MD")
    plan_answers.give_back(link=link_to(returned), remark="Once a week.")
    for _ in range(10):
        plan_answers.note_wrong_npi(link=link_to(locked))

    told = page.get(url("today")).content.decode()
    page.post(url("plan-seen", signed.pk))
    page.post(url("plan-seen", returned.pk))
    after = page.get(url("today")).content.decode()

    assert f"{silent.provider_name} has not answered in time." in told
    assert f"{signed.provider_name} signed the plan of care." in told
    assert f"{returned.provider_name} returned the plan of care: “Once a week.”" in told
    assert "was closed after 10 wrong NPIs" in told
    assert "signed the plan of care" not in after
    assert "returned the plan of care" not in after


def _another(plan):
    """Another patient's plan of the same therapist, sent."""
    other = ready_plan()
    other.episode.therapist = plan.episode.therapist
    other.episode.clinic = other.episode.patient.clinic = plan.episode.clinic
    other.episode.patient.save(update_fields=["clinic"])
    other.episode.save(update_fields=["therapist", "clinic"])
    return sent(other)


def test_a_colleagues_answers_are_not_on_ones_own_today(client, plan):
    plan_answers.sign(link=link_to(sent(plan)), name="Wei Chen", credential="MD")
    other = ready_plan()
    client.force_login(therapist_of(other))

    assert "signed the plan of care" not in client.get(url("today")).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_plans_page_costs_the_same_queries_for_any_number_of_sendings(
    page, plan, count, django_assert_max_num_queries
):
    for _ in range(count):
        plan_sending.withdraw(sending=sent(plan), by=therapist_of(plan))
    page.get(url("plan", plan.pk))

    with django_assert_max_num_queries(22):
        told = shown(page, plan)

    assert told.count("Taken back") == count
