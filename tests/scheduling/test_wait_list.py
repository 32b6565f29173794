"""The wait list: who is on it, who fits a freed time, and how a wait ends."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from people import links
from people.models import AuditEvent, Message
from scheduling import booking, wait_list, wait_offers
from scheduling.facts import NotBookable, OutsideHours, OverBudget, SlotTaken
from scheduling.models import Appointment, WaitListEntry, WaitListOffer
from scheduling.wait_list import NoLongerWaiting, OfferGone
from scheduling.wait_offers import Slot
from tests.factories import (
    AppointmentTypeFactory,
    AuthorizationFactory,
    ClinicFactory,
    CoverageFactory,
    PatientFactory,
    PayerFactory,
    at,
)
from tests.scheduling.conftest import therapist_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


def slot_at(desk, hour=14, **changes):
    values = {
        "therapist": desk.therapist,
        "clinic": desk.clinic,
        "room": None,
        "starts_at": at(hour),
        "minutes": 45,
    }
    return Slot(**values | changes)


def wait(desk, **changes):
    """Somebody new on the list, reached by text message."""
    patient = changes.pop("patient", None) or PatientFactory(
        clinic=desk.clinic, contact_by="sms", mobile_phone="+15035550100"
    )
    return wait_list.add(patient=patient, by=desk.user, **{"type": desk.type} | changes)


def asked(desk, **changes):
    slot = slot_at(desk)
    return {
        "therapist": slot.therapist,
        "clinic": slot.clinic,
        "starts_at": slot.starts_at,
        "by": desk.user,
    } | changes


def standing(entry):
    row = WaitListEntry.objects.get(pk=entry.pk)
    return (row.status, row.appointment_id)


def token(offer):
    return links.token_of(offer.link)


def outcomes():
    return list(WaitListOffer.objects.order_by("pk").values_list("status", flat=True))


def test_nobody_waits_twice_for_the_same_type(desk):
    entry = wait(desk)

    with pytest.raises(ValidationError) as refusal:
        wait(desk, patient=entry.patient)

    assert refusal.value.messages == ["The patient already waits for this type."]
    wait_list.withdraw(entry=entry, by=desk.user)
    wait(desk, patient=entry.patient)
    assert WaitListEntry.objects.count() == 2


def test_booking_ends_the_wait_and_says_with_which_appointment(desk):
    entry = wait(desk)

    booked = wait_list.book(entry=entry, **asked(desk))

    assert standing(entry) == ("booked", booked.pk)
    assert (booked.patient, booked.starts_at, booked.booked_by) == (
        entry.patient,
        at(14),
        desk.user,
    )
    assert AuditEvent.objects.filter(action="wait_list.booked", target_id=entry.pk).count() == 1


def test_a_refused_booking_leaves_the_wait_as_it_was(desk):
    entry = wait(desk)
    desk.book(starts_at=at(14))

    with pytest.raises(SlotTaken):
        wait_list.book(entry=entry, **asked(desk))

    assert standing(entry) == ("waiting", None)


def test_who_waits_no_longer_is_not_booked_again(desk):
    entry = wait(desk)
    wait_list.book(entry=entry, **asked(desk))

    with pytest.raises(NoLongerWaiting):
        wait_list.book(entry=entry, **asked(desk, starts_at=at(16)))

    assert Appointment.objects.count() == 1


def test_a_wait_that_is_over_is_not_changed_or_withdrawn(desk):
    entry = wait(desk)
    wait_list.book(entry=entry, **asked(desk))

    with pytest.raises(NoLongerWaiting):
        wait_list.change(entry=entry, by=desk.user, remark="later")
    with pytest.raises(NoLongerWaiting):
        wait_list.withdraw(entry=entry, by=desk.user)


def test_what_is_changed_is_audited_by_name(desk):
    entry = wait(desk)

    wait_list.change(entry=entry, by=desk.user, weekdays=[0, 2], therapists=[desk.therapist])

    event = AuditEvent.objects.get(action="wait_list.changed")
    assert event.detail == {"fields": ["therapists", "weekdays"]}
    assert list(entry.therapists.all()) == [desk.therapist]


def found(desk, **changes):
    return [one.entry for one in wait_list.matches(slot_at(desk, **changes), user=desk.user)]


def test_the_best_matches_come_first_with_their_reasons(desk):
    longest = wait(desk)
    WaitListEntry.objects.filter(pk=longest.pk).update(
        made_at=timezone.now() - dt.timedelta(days=12)
    )
    urgent = wait(desk, priority="urgent", to_time=dt.time(17), therapists=[desk.therapist])

    rows = wait_list.matches(slot_at(desk), user=desk.user)

    assert [row.entry for row in rows] == [urgent, longest]
    assert [reason.text for reason in rows[0].match.reasons] == [
        "urgent",
        "wants times until 5:00 pm",
        "prefers Dana",
        "fills the 45 minutes",
    ]
    assert [reason.text for reason in rows[1].match.reasons] == [
        "waiting 12 days",
        "fills the 45 minutes",
    ]


def test_who_cannot_come_is_not_among_the_matches(desk):
    wait(desk, weekdays=[1])
    wait(desk, latest_on=dt.date(2026, 3, 1), earliest_on=dt.date(2026, 2, 1))
    wait(desk, notice_hours=4)
    wait(desk, type=AppointmentTypeFactory(minutes=60))
    wait(desk, clinics=[ClinicFactory()])
    busy = wait(desk)
    desk.book(patient=busy.patient, therapist=therapist_at(desk.clinic), starts_at=at(14))
    possible = wait(desk)

    assert found(desk) == [possible]


def test_another_clinics_patients_are_not_offered(desk):
    wait(desk, patient=PatientFactory(clinic=ClinicFactory()), clinics=[desk.clinic])

    assert found(desk) == []


def test_who_gave_the_time_up_is_not_offered_it(desk):
    entry = wait(desk)

    rows = wait_list.matches(slot_at(desk), user=desk.user, but=entry.patient)

    assert rows == []


def test_an_authorization_that_ends_soon_and_one_that_is_spent_are_among_the_reasons(desk):
    soon, spent = wait(desk), wait(desk)
    AuthorizationFactory(
        coverage=CoverageFactory(patient=soon.patient), ends_on=dt.date(2026, 3, 11)
    )
    AuthorizationFactory(coverage=CoverageFactory(patient=spent.patient), visits_approved=1)
    desk.book(patient=spent.patient, starts_at=at(9))

    told = {
        row.entry.pk: [(reason.text, reason.is_good) for reason in row.match.reasons]
        for row in wait_list.matches(slot_at(desk), user=desk.user)
    }

    assert told == {
        soon.pk: [("authorization ends in 9 days", True), ("fills the 45 minutes", True)],
        spent.pk: [("authorization is spent", False), ("fills the 45 minutes", True)],
    }


@pytest.mark.parametrize("count", [1, 3])
def test_matching_costs_the_same_queries_for_any_number_who_wait(
    desk, django_assert_num_queries, count
):
    for _ in range(count):
        entry = wait(desk, therapists=[desk.therapist])
        AuthorizationFactory(coverage=CoverageFactory(patient=entry.patient))
    slot = slot_at(desk)

    # entries, therapists, their accounts, clinics, authorizations, visits, rules
    with django_assert_num_queries(7):
        assert len(wait_list.matches(slot, user=desk.user)) == count


def send(desk, *entries, **changes):
    return wait_offers.send(entries=entries, slot=slot_at(desk, **changes), by=desk.user)


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


def lapse(offer):
    past = timezone.now() - dt.timedelta(minutes=1)
    WaitListOffer.objects.filter(pk=offer.pk).update(expires_at=past)
    type(offer.link).objects.filter(pk=offer.link.pk).update(
        made_at=past - dt.timedelta(hours=1), expires_at=past
    )


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


# --- The patient's page ---------------------------------------------------------------------------


def page(client, offer, method="get"):
    response = getattr(client, method)(reverse("scheduling:take-offer", args=[token(offer)]))
    return response.status_code, " ".join(response.content.decode().split())


def test_the_page_says_where_when_and_with_whom_and_that_it_was_opened(client, desk):
    [offer] = send(desk, wait(desk)).offers

    status, text = page(client, offer)

    assert status == 200
    assert "Monday, March 2<br><strong>2:00 pm</strong>" in text
    assert "45 minutes with Dana, at 100 Main St, Portland." in text
    assert "Okafor" not in text
    offer.refresh_from_db()
    assert offer.opened_at == timezone.now()


def test_a_tap_takes_it_and_a_second_tap_says_so_again(client, desk):
    [offer] = send(desk, wait(desk)).offers

    first, second = page(client, offer, "post"), page(client, offer, "post")

    assert (first[0], second[0]) == (200, 200)
    assert "It is yours" in first[1]
    assert "It is yours" in second[1]
    assert Appointment.objects.count() == 1


def test_looking_books_nothing(client, desk):
    [offer] = send(desk, wait(desk)).offers

    page(client, offer)

    assert not Appointment.objects.exists()


def test_who_comes_too_late_reads_kindly_that_it_is_gone(client, desk):
    mine, theirs = send(desk, wait(desk), wait(desk)).offers
    page(client, mine, "post")

    for method in ("get", "post"):
        status, text = page(client, theirs, method)
        assert status == 410
        assert "This time is gone" in text
        assert "You are still on the list" in text


def test_a_time_the_desk_has_booked_is_gone_before_anybody_taps(client, desk):
    [offer] = send(desk, wait(desk)).offers
    desk.book(starts_at=at(14))

    assert page(client, offer)[0] == 410


def test_a_made_up_link_is_not_known(client, desk):
    [offer] = send(desk, wait(desk)).offers
    made_up = reverse("scheduling:take-offer", args=[f"{offer.link.pk}.made-up"])

    response = client.post(made_up)

    assert response.status_code == 404
    assert "This link is not known" in response.content.decode()
    assert not Appointment.objects.exists()


def test_a_cancelled_appointments_time_can_be_offered_again(desk):
    entry, other = wait(desk), wait(desk)
    [offer] = send(desk, entry).offers
    wait_list.take(token(offer))
    booking.cancel(Appointment.objects.get(), reason="Ill", by=desk.user)

    [again] = send(desk, other).offers
    wait_list.take(token(again))

    assert outcomes() == ["taken", "taken"]
