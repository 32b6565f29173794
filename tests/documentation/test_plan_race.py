"""Two therapists who press Send at once, and a provider who signs while the plan is changed.

The controls take the locks away: then two plans would go out but for the constraint, and what was
signed would not be what the plan says.
"""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection

from documentation import cases, plan_answers, plan_content, plan_sending
from documentation.models import PlanOfCare, PlanSending
from tests.at_once import PATIENCE
from tests.at_once import all_at_once as answers_at_once
from tests.documentation.sent_plans import link_to, now, ready_plan, sent, therapist_of

pytestmark = pytest.mark.django_db(transaction=True)


def all_at_once(*acts):
    """What each act came to, in the order of the acts."""
    refusals = (plan_sending.AlreadyOut, plan_sending.NoLongerOpen, IntegrityError)
    return answers_at_once(acts, told=refusals)


@pytest.fixture
def lingering(monkeypatch):
    """Everybody waits a moment between reading the plan and writing."""
    read, say = plan_content.content_of, plan_content.says_the_same

    def slowly(what):
        def look_and_linger(*args, **kwargs):
            found = what(*args, **kwargs)
            time.sleep(0.15)
            return found

        return look_and_linger

    monkeypatch.setattr(plan_content, "content_of", slowly(read))
    monkeypatch.setattr(plan_content, "says_the_same", slowly(say))


@pytest.fixture
def without_locks(monkeypatch):
    """The same reading, and no lock."""

    def unlocked(sending):
        row = PlanSending.objects.get(pk=sending.pk)
        row.plan = PlanOfCare.objects.select_related("episode__patient", "episode__clinic").get(
            pk=row.plan_id
        )
        return row.plan, row

    def unlocked_with_case(plan):
        return PlanOfCare.objects.select_related(
            "episode__patient", "episode__clinic", "episode__referring_provider"
        ).get(pk=plan.pk)

    monkeypatch.setattr(plan_sending, "locked", unlocked)
    monkeypatch.setattr(plan_answers, "locked", unlocked)
    monkeypatch.setattr(plan_sending, "locked_with_case", unlocked_with_case)


def send_twice_at_once():
    plan = ready_plan()
    by = therapist_of(plan)
    return Counter(
        all_at_once(*[lambda: plan_sending.put_out(plan=plan, by=by, days=30) and "sent"] * 4)
    )


def test_of_those_who_send_at_once_one_does_and_the_others_learn_it(lingering):
    assert send_twice_at_once() == {"sent": 1, "AlreadyOut": 3}
    assert PlanSending.objects.count() == 1


def test_without_the_lock_only_the_constraint_keeps_the_others_back(monkeypatch, without_locks):
    """Everybody has looked and found nothing out before anybody writes."""
    look, all_have_looked = plan_sending._make_room, threading.Barrier(4)

    def look_and_wait(plan, *, by):
        look(plan, by=by)
        all_have_looked.wait(timeout=PATIENCE)

    monkeypatch.setattr(plan_sending, "_make_room", look_and_wait)

    assert send_twice_at_once() == {"sent": 1, "IntegrityError": 3}


def sign_while_it_is_changed():
    """How signing and changing came out, and whether what was signed is what the plan says."""
    sending = sent()
    plan, link = sending.plan, link_to(sending)
    signed, _ = all_at_once(
        lambda: plan_answers.sign(link=link, name="Wei Chen", credential="MD") and "signed",
        lambda: _change(plan),
    )
    return signed, now(sending), now(plan)


def _change(plan):
    try:
        cases.change_plan(plan=plan, by=therapist_of(plan), interventions="Gait training")
    except cases.ValidationError:
        return "refused"
    return "changed"


@pytest.mark.parametrize("turn", range(4))
def test_what_is_signed_is_what_the_plan_says_whoever_is_first(lingering, turn):
    signed, sending, plan = sign_while_it_is_changed()

    if signed == "signed":
        assert (sending.status, plan.signed_by_name) == ("signed", "Wei Chen, MD")
        assert plan.interventions == sending.content["plan"]["interventions"]
    else:
        assert (signed, sending.status, sending.why) == ("NoLongerOpen", "withdrawn", "changed")
        assert (plan.signed_on, plan.interventions) == (None, "Gait training")


def test_without_the_locks_a_plan_is_signed_that_says_something_else(monkeypatch, without_locks):
    """The provider signs between the look at what is out and the writing of the change."""
    sending = sent()
    plan, link = sending.plan, link_to(sending)
    refuse = cases._refuse_a_signature_beside_a_sending

    def look_then_let_them_sign(*args):
        refuse(*args)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(_sign_elsewhere, link).result()

    monkeypatch.setattr(cases, "_refuse_a_signature_beside_a_sending", look_then_let_them_sign)
    with pytest.raises(Exception, match="a signed plan says what was signed"):
        cases.change_plan(plan=plan, by=therapist_of(plan), interventions="Gait training")

    assert now(sending).status == "signed"  # only the trigger kept the plan as it was signed


def _sign_elsewhere(link):
    try:
        plan_answers.sign(link=link, name="Wei Chen", credential="MD")
    finally:
        connection.close()
