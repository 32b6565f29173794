"""A freed time is offered by message: who is written to, and who has it in the end."""

import pytest
from django.utils import timezone

from people import links
from people.models import Message
from scheduling import booking, wait_list, wait_offers
from scheduling.facts import NotBookable, OutsideHours, OverBudget, SlotTaken
from scheduling.models import Appointment, WaitListOffer
from scheduling.wait_list import OfferGone
from tests.factories import CoverageFactory, PatientFactory, PayerFactory, at
from tests.scheduling.waiting import asked, lapse, outcomes, send, standing, token, wait

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


def test_an_offer_is_a_message_with_a_link_and_nothing_of_why(desk):
    entry = wait(desk)

    [offer] = send(desk, entry).offers

    message = Message.objects.get()
    assert (message.patient, message.channel, message.status, message.not_after) == (
        entry.patient,
        "sms",
        "waiting",
        offer.expires_at,
    )
    assert message.body == (
        "Riverbend: a time is free on Monday, March 2 at 2:00 pm with Dana. "
        "The first to take it has it, until 12:30 pm: "
        f"http://localhost:8000/times/{token(offer)}/"
    )
    assert entry.type.name not in message.body
    assert entry.patient.last_name not in message.body


def test_an_offer_does_not_outlast_its_time(desk):
    [offer] = send(desk, wait(desk), starts_at=at(11)).offers

    assert offer.expires_at == at(11)


def test_who_cannot_be_reached_or_has_no_authorization_is_named_and_not_written_to(desk):
    caller = wait(desk, patient=PatientFactory(clinic=desk.clinic, contact_by="phone"))
    needy = wait(desk)
    CoverageFactory(
        patient=needy.patient, payer=PayerFactory(name="Providence", needs_authorization=True)
    )

    sent = send(desk, caller, needy)

    assert sent.offers == []
    assert [(row.pk, why) for row, why in sent.left_out] == [
        (caller.pk, "The patient wants to be called by telephone."),
        (needy.pk, "Providence needs an authorization, and none covers March 2."),
    ]
    assert not Message.objects.exists()


def test_nobody_is_written_to_twice_about_the_same_time(desk):
    entry = wait(desk)
    send(desk, entry)

    assert send(desk, entry).offers == []
    assert Message.objects.count() == 1


def test_a_lapsed_offer_can_be_made_again(desk):
    entry = wait(desk)
    [first] = send(desk, entry).offers
    lapse(first)

    [second] = send(desk, entry).offers

    assert outcomes() == ["gone", "open"]
    assert second.expires_at > timezone.now()


@pytest.mark.parametrize(
    ("hour", "minute", "fact"), [(9, 0, NotBookable), (18, 0, OutsideHours), (15, 0, SlotTaken)]
)
def test_a_time_that_cannot_be_had_is_not_offered(desk, hour, minute, fact):
    desk.book(starts_at=at(15))

    with pytest.raises(fact):
        send(desk, wait(desk), starts_at=at(hour, minute))

    assert not WaitListOffer.objects.exists()


def test_the_first_to_take_it_has_it_and_the_others_links_are_closed(desk):
    first, second = wait(desk), wait(desk)
    mine, theirs = send(desk, first, second).offers

    wait_list.take(token(mine))

    booked = Appointment.objects.get()
    assert (booked.patient, booked.starts_at, booked.booked_by) == (first.patient, at(14), None)
    assert (standing(first), standing(second)) == (("booked", booked.pk), ("waiting", None))
    assert outcomes() == ["taken", "gone"]
    with pytest.raises(links.LinkRevoked):
        wait_list.take(token(theirs))
    with pytest.raises(links.LinkUsed):
        wait_list.take(token(mine))
    assert Appointment.objects.count() == 1


def test_taking_one_time_closes_the_patients_other_offers(desk):
    entry = wait(desk)
    [early] = send(desk, entry).offers
    [late] = send(desk, entry, hour=16).offers

    wait_list.take(token(late))

    assert outcomes() == ["gone", "taken"]
    with pytest.raises(links.LinkRevoked):
        links.open_link(token(early), purpose="wait_list")


def test_the_desk_may_book_it_meanwhile(desk):
    [offer] = send(desk, wait(desk)).offers
    desk.book(starts_at=at(14))

    with pytest.raises(OfferGone):
        wait_list.take(token(offer))

    assert Appointment.objects.count() == 1


def test_an_offer_expires(desk):
    [offer] = send(desk, wait(desk)).offers
    lapse(offer)

    with pytest.raises(links.LinkExpired):
        wait_list.take(token(offer))


def test_a_visit_that_went_over_the_budget_meanwhile_is_not_taken(desk):
    entry = wait(desk)
    [offer] = send(desk, entry).offers
    CoverageFactory(patient=entry.patient, payer=PayerFactory(needs_authorization=True))

    with pytest.raises(OfferGone) as refusal:
        wait_list.take(token(offer))

    assert isinstance(refusal.value.__cause__, OverBudget)


def test_withdrawing_takes_the_offers_back(desk):
    entry = wait(desk)
    [offer] = send(desk, entry).offers

    wait_list.withdraw(entry=entry, by=desk.user)

    assert (standing(entry), outcomes()) == (("withdrawn", None), ["gone"])
    with pytest.raises(links.LinkRevoked):
        wait_list.take(token(offer))


def test_a_message_that_has_not_gone_out_stays_in_the_house_once_the_time_is_gone(desk):
    entry = wait(desk)
    send(desk, entry)
    message = Message.objects.get()
    assert wait_offers.why_not_send(message) == ""

    wait_list.book(entry=entry, **asked(desk))

    assert wait_offers.why_not_send(message) == "The time was gone before it was sent."


def test_a_cancelled_appointments_time_can_be_offered_again(desk):
    entry, other = wait(desk), wait(desk)
    [offer] = send(desk, entry).offers
    wait_list.take(token(offer))
    booking.cancel(Appointment.objects.get(), reason="Ill", by=desk.user)

    [again] = send(desk, other).offers
    wait_list.take(token(again))

    assert outcomes() == ["taken", "taken"]
