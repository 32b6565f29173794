"""A person decides about a letter of which nobody knows, which failed, or which waits."""

import pytest

from documentation import letters
from documentation.carriers import NoAnswer, Refused
from documentation.models import ProviderLetter
from people.models import PatientLink
from tests.documentation.letter_ward import EMAIL, after_sending, waiting
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
Status = ProviderLetter.Status


def unknown(carrier):
    carrier.how = NoAnswer()
    letter = after_sending(waiting())
    carrier.how = "receipt 2"
    return letter


def test_a_person_may_say_that_it_arrived(carrier):
    desk, letter = UserFactory(), unknown(carrier)

    letters.settle(letter=letter, arrived=True, by=desk)

    letter.refresh_from_db()
    assert (letter.status, letter.problem, letter.settled_by) == (Status.SENT, "", desk)
    assert letter.sent_at == letter.sending_since
    assert list(ProviderLetter.objects.to_settle()) == []
    with pytest.raises(letters.NotUnsettled):
        letters.settle(letter=letter, arrived=True, by=desk)


def test_a_failed_letter_may_be_dealt_with_but_not_be_said_to_have_arrived(carrier):
    carrier.how = Refused("No such number.")
    desk, letter = UserFactory(), after_sending(waiting())

    with pytest.raises(letters.NotUnsettled):
        letters.settle(letter=letter, arrived=True, by=desk)
    letters.settle(letter=letter, arrived=False, by=desk)

    letter.refresh_from_db()
    assert (letter.status, letter.problem, letter.settled_by) == (
        Status.FAILED,
        "No such number.",
        desk,
    )
    assert list(ProviderLetter.objects.to_settle()) == []


def test_a_letter_is_sent_again_once_and_by_another_way(carrier):
    desk, letter = UserFactory(), unknown(carrier)

    again = letters.resend(letter=letter, by=desk, channel="email")
    with pytest.raises(letters.NotUnsettled):
        letters.resend(letter=letter, by=desk)

    letter.refresh_from_db()
    assert (letter.status, letter.settled_by) == (Status.FAILED, desk)
    assert (again.instead_of, again.channel, again.to, again.status, again.note) == (
        letter,
        "email",
        EMAIL,
        Status.WAITING,
        letter.note,
    )


def test_one_that_was_sent_and_did_not_arrive_is_sent_again_and_its_link_closes(carrier):
    letter = after_sending(waiting(channel="email"))

    again = letters.resend(letter=letter, by=UserFactory())
    after_sending(again)

    letter.refresh_from_db()
    assert (letter.status, again.status, len(carrier.received)) == (Status.SENT, Status.SENT, 2)
    old, new = PatientLink.objects.order_by("pk")
    assert (old.target_id, old.revoked_at is not None) == (letter.pk, True)
    assert (new.target_id, new.revoked_at) == (again.pk, None)


def test_what_waits_is_not_sent_again_and_what_has_gone_is_not_taken_back(carrier):
    desk, letter = UserFactory(), waiting()
    with pytest.raises(letters.NotUnsettled):
        letters.resend(letter=letter, by=desk)

    after_sending(letter)

    with pytest.raises(letters.NotWaiting):
        letters.withhold(letter=letter, by=desk)


def test_a_letter_that_waits_may_be_taken_back_and_does_not_go(carrier):
    desk, letter = UserFactory(), waiting()

    letters.withhold(letter=letter, by=desk)
    after_sending(letter)

    assert (letter.status, letter.settled_by, carrier.received) == (Status.WITHHELD, desk, [])


def test_an_answer_that_comes_after_a_person_decided_changes_nothing(carrier):
    letter = unknown(carrier)
    letters.settle(letter=letter, arrived=False, by=UserFactory())

    letters._arrived(letter, "receipt 3")

    letter.refresh_from_db()
    assert (letter.status, letter.receipt) == (Status.FAILED, "")
