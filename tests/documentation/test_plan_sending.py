"""A plan is frozen as it leaves, comes back by itself when it is changed, and is out only once."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from documentation import authority, cases, plan_answers, plan_sending, tasks
from documentation.frozen import sha256_of
from documentation.models import PlanPdf, PlanSending
from people import links
from people.models import AuditEvent, PatientLink
from tests.documentation.ready import assistant_at, therapist_at
from tests.documentation.sent_plans import link_to, now, ready_plan, sent, therapist_of
from tests.factories import PASSWORD, EpisodeFactory, PlanOfCareFactory, UserFactory

pytestmark = pytest.mark.django_db
Status, Why = PlanSending.Status, PlanSending.Why


def actions() -> list[str]:
    rows = AuditEvent.objects.filter(action__startswith="plan.").order_by("pk")
    return list(rows.values_list("action", flat=True))


def test_sending_freezes_the_plan_asks_for_its_pdf_and_makes_a_link_that_ends():
    plan = ready_plan()

    sending = plan_sending.send(plan=plan, by=therapist_of(plan), password=PASSWORD, days=14)

    content = sending.content
    assert sending.content_sha256 == sha256_of(content)
    assert content["plan"]["interventions"] == plan.interventions
    assert content["plan"]["valid_through_on"] == "2026-04-19"
    assert [row["code"] for row in content["case"]["diagnoses"]] == ["I69.354"]
    assert [row["text"] for row in content["case"]["goals"]] == [
        "Walk 300 m outdoors without a device"
    ]
    assert content["established"]["name"] == "Maria Lopez"
    assert content["provider"]["npi"] == plan.episode.referring_provider.npi
    assert list(PlanPdf.objects.values_list("sending", "copy", "status")) == [
        (sending.pk, "sent", "waiting")
    ]
    link = link_to(sending)
    assert (link.purpose, link.patient) == ("plan_of_care", plan.episode.patient)
    assert link.expires_at == sending.expires_at == sending.sent_at + dt.timedelta(days=14)
    assert actions() == ["plan.sent"]
    assert now(plan).sent_on is None  # nothing has left the house yet


def test_a_wrong_password_sends_nothing():
    plan = ready_plan()

    with pytest.raises(Exception, match="not your password"):
        plan_sending.send(plan=plan, by=therapist_of(plan), password="guess", days=14)

    assert not PlanSending.objects.exists()


def test_only_a_therapist_of_the_case_establishes_a_plan():
    plan = ready_plan()
    clinic = plan.episode.clinic
    assistant = assistant_at(clinic, plan.episode.therapist).user
    speech = therapist_at(clinic, credential="SLP").user
    expired = therapist_at(clinic, licence_expires_on=dt.date(2020, 1, 1)).user

    for person in (assistant, speech, expired, UserFactory()):
        with pytest.raises(authority.MayNotSign):
            plan_sending.put_out(plan=plan, by=person, days=30)

    assert not PlanSending.objects.exists()


@pytest.mark.parametrize(
    ("lacks", "words"),
    [
        ("provider", "names no referring provider"),
        ("diagnosis", "needs a diagnosis"),
        ("goal", "needs a long-term goal"),
        ("signature", "This plan is signed"),
    ],
)
def test_a_plan_that_cannot_go_out_says_what_to_do_first(lacks, words):
    plan = ready_plan(signed_on=dt.date(2026, 3, 1) if lacks == "signature" else None)
    if lacks == "provider":
        plan.episode.referring_provider = None
        plan.episode.save(update_fields=["referring_provider"])
    if lacks == "diagnosis":
        plan.episode.diagnoses.all().delete()
    if lacks == "goal":
        plan.episode.goals.all().delete()

    with pytest.raises(plan_sending.NotToSend, match=words):
        plan_sending.put_out(plan=plan, by=therapist_of(plan), days=30)


def test_a_plan_is_out_once_and_the_second_to_press_learns_it():
    sending = sent()

    with pytest.raises(plan_sending.AlreadyOut) as caught:
        sent(sending.plan)
    copy = PlanSending.objects.values().get()
    del copy["id"]
    with pytest.raises(IntegrityError, match="one_open_sending_of_a_plan"), transaction.atomic():
        PlanSending.objects.create(**copy)

    assert caught.value.sending == sending
    assert PlanSending.objects.count() == 1


def test_an_expired_sending_gives_way_to_the_next():
    plan = ready_plan()
    with pytest.MonkeyPatch.context() as patch:
        earlier = timezone.now() - dt.timedelta(days=40)
        patch.setattr("documentation.plan_sending.timezone.now", lambda: earlier)
        first = sent(plan, days=30)

    second = sent(plan)

    first = now(first)
    assert (first.status, first.why) == (Status.EXPIRED, Why.SENT_AGAIN)
    assert second.status == Status.OPEN
    assert plan_sending.link_of(first) is None
    assert plan_sending.link_of(second) is not None


def changes_of(plan):
    by = therapist_of(plan)
    return {
        "treatment": lambda: cases.change_plan(plan=plan, by=by, interventions="Gait training"),
        "weeks": lambda: cases.change_plan(plan=plan, by=by, duration_weeks=4),
        "diagnoses": lambda: cases.change_episode(
            episode=plan.episode, by=by, diagnoses=["I69.351"]
        ),
        "new goal": lambda: cases.add_goal(
            episode=plan.episode, by=by, text="Climb stairs", due_on=dt.date(2026, 5, 1)
        ),
        "goal": lambda: cases.change_goal(goal=plan.episode.goals.get(), by=by, text="Walk 500 m"),
    }


@pytest.mark.parametrize("what", ["treatment", "weeks", "diagnoses", "new goal", "goal"])
def test_a_change_of_what_the_plan_says_withdraws_it(what):
    sending = sent()
    plan = sending.plan
    plan_sending.handed_over(sending=sending, proof="Own fax, 9:05", by=therapist_of(plan))
    assert now(plan).sent_proof == "Own fax, 9:05"

    changes_of(plan)[what]()

    sending = now(sending)
    assert (sending.status, sending.why) == (Status.WITHDRAWN, Why.CHANGED)
    assert sending.closed_by == therapist_of(plan)
    with pytest.raises(links.LinkRevoked):
        links.open_link(links.token_of(link_to(sending)), purpose=plan_sending.PURPOSE)
    # What had been transmitted is not what the plan says now.
    assert (now(plan).sent_on, plan.sent_proof) == (None, "")


def test_what_does_not_change_the_plan_leaves_it_out():
    sending = sent()
    plan, by = sending.plan, therapist_of(sending.plan)
    goal = plan.episode.goals.get()

    cases.change_goal(goal=goal, by=by, met_on=dt.date(2026, 3, 20))
    cases.change_plan(plan=plan, by=by, verbal_on=dt.date(2026, 3, 1), verbal_by="Dr. Chen")
    cases.change_episode(episode=plan.episode, by=by, precautions="Fall risk.")
    cases.add_plan(
        episode=plan.episode,
        by=by,
        starts_on=dt.date(2026, 5, 1),
        frequency_per_week=1,
        duration_weeks=4,
        interventions="x",
    )

    assert now(sending).status == Status.OPEN


def test_a_day_and_proof_that_somebody_typed_stay_when_the_plan_comes_back():
    plan = ready_plan(sent_on=dt.date(2026, 3, 2))
    sending = sent(plan)
    plan_sending.handed_over(sending=sending, proof="Own fax", by=therapist_of(plan))

    cases.change_plan(plan=plan, by=therapist_of(plan), duration_weeks=4)

    assert (now(plan).sent_on, plan.sent_proof) == (dt.date(2026, 3, 2), "Fax receipt")


def test_handed_over_writes_the_day_down_once():
    sending = sent()
    plan = sending.plan

    plan_sending.handed_over(sending=sending, proof="By hand", by=therapist_of(plan))
    plan_sending.handed_over(sending=sending, proof="By fax", by=None)

    today = timezone.localdate(timezone=plan.episode.clinic.zone)
    assert (now(plan).sent_on, plan.sent_proof) == (today, "By hand")
    assert now(sending).handed_over_proof == "By hand"
    assert actions() == ["plan.sent", "plan.handed_over"]


def test_what_left_after_it_was_withdrawn_is_no_proof_of_the_plan():
    sending = sent()
    plan = sending.plan
    plan_sending.withdraw(sending=sending, by=therapist_of(plan))

    plan_sending.handed_over(sending=sending, proof="By fax", by=None)

    assert now(plan).sent_on is None
    assert now(sending).handed_over_proof == "By fax"


def test_withdrawn_once_and_only_while_it_is_open():
    sending = sent()
    by = therapist_of(sending.plan)

    plan_sending.withdraw(sending=sending, by=by)
    with pytest.raises(plan_sending.NoLongerOpen):
        plan_sending.withdraw(sending=sending, by=by)
    with pytest.raises(plan_sending.NoLongerOpen):
        plan_sending.show_link(sending=sending, by=by)

    assert (now(sending).why, sending.closed_by) == (Why.TAKEN_BACK, by)
    assert actions() == ["plan.sent", "plan.withdrawn"]


def test_who_asked_for_the_link_is_written_down():
    sending = sent()
    by = therapist_of(sending.plan)

    address = plan_sending.show_link(sending=sending, by=by)

    assert address.endswith(f"/plan-of-care/{links.token_of(link_to(sending))}/")
    assert AuditEvent.objects.filter(action="plan.link_shown", actor=by).count() == 1


def test_a_signature_typed_beside_a_sending_is_refused_beside_its_field():
    sending = sent()

    with pytest.raises(ValidationError) as caught:
        cases.change_plan(
            plan=sending.plan,
            by=therapist_of(sending.plan),
            signed_on=dt.date(2026, 3, 1),
            signed_by_name="Dr. Chen",
            signed_proof="Chart",
        )

    assert list(caught.value.message_dict) == ["signed_on"]


@pytest.mark.parametrize(
    "change",
    [
        {"interventions": "Gait training"},
        {"duration_weeks": 12},
        {"duration_weeks": 4},
        {"starts_on": dt.date(2026, 3, 30)},
        {"signed_on": None, "signed_by_name": "", "signed_proof": ""},
    ],
)
def test_a_signed_plan_stays_as_it_was_signed_in_the_form_and_in_the_database(change):
    plan = PlanOfCareFactory(signed_on=dt.date(2026, 3, 1))

    with pytest.raises(ValidationError) as caught:
        cases.change_plan(plan=plan, by=UserFactory(), **change)
    with pytest.raises(DatabaseError, match="signed"), transaction.atomic():
        type(plan).objects.filter(pk=plan.pk).update(**change)

    assert next(iter(caught.value.message_dict)) == next(iter(change))


def test_a_typed_signature_can_be_corrected_and_the_reason_of_a_late_one_added():
    plan = PlanOfCareFactory(signed_on=dt.date(2026, 3, 1))

    cases.change_plan(
        plan=plan, by=UserFactory(), signed_on=dt.date(2026, 3, 2), delay_reason="Away."
    )

    assert (now(plan).signed_on, plan.delay_reason) == (dt.date(2026, 3, 2), "Away.")


def test_first_treatment_cannot_be_moved_so_that_a_signed_plan_reaches_further():
    episode = EpisodeFactory(started_on=dt.date(2026, 2, 1))
    PlanOfCareFactory(
        episode=episode,
        starts_on=dt.date(2026, 2, 23),
        duration_weeks=20,
        signed_on=dt.date(2026, 3, 1),
    )
    by = UserFactory()

    with pytest.raises(ValidationError) as caught:
        cases.change_episode(episode=episode, by=by, started_on=dt.date(2026, 2, 20))
    cases.change_episode(episode=episode, by=by, started_on=dt.date(2026, 1, 20))

    assert list(caught.value.message_dict) == ["started_on"]
    assert now(episode).started_on == dt.date(2026, 1, 20)


def test_the_database_keeps_what_was_sent_and_how_it_was_answered():
    sending = sent()
    rows = PlanSending.objects.filter(pk=sending.pk)
    forbidden = [
        lambda: rows.update(content={"plan": "another"}),
        lambda: rows.update(expires_at=timezone.now() + dt.timedelta(days=400)),
        lambda: rows._raw_delete("default"),
    ]
    plan_answers.give_back(link=link_to(sending), remark="Twice a week is too often.")
    forbidden += [
        lambda: rows.update(remark="Fine."),
        lambda: rows.update(status="open", remark="", how="", closed_at=None),
    ]

    for act in forbidden:
        with pytest.raises(DatabaseError, match="stays as it was sent"), transaction.atomic():
            act()

    assert rows.get().remark == "Twice a week is too often."


def test_its_pdf_is_made_once_and_never_changes():
    sending = sent()
    pdf = PlanPdf.objects.get()

    tasks.render_plan_pdf(pdf.pk)
    first = now(pdf)
    tasks.render_plan_pdf(pdf.pk)

    assert now(pdf).made_at == first.made_at
    assert bytes(pdf.file_bytes).startswith(b"%PDF-")
    with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
        PlanPdf.objects.update(file_bytes=b"another")
    assert sending.pdfs.count() == 1


def test_the_sweep_rings_for_a_plan_whose_bell_was_missed(monkeypatch):
    sent()
    pdf = PlanPdf.objects.get()
    rung = []
    monkeypatch.setattr(tasks.render_plan_pdf, "delay", rung.append)

    tasks.sweep_plan_pdfs()
    PlanPdf.objects.update(waiting_since=timezone.now() - dt.timedelta(minutes=5))
    tasks.sweep_plan_pdfs()

    assert rung == [pdf.pk]
    assert PatientLink.objects.count() == 1
