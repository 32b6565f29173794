"""A person decides about a letter: it arrived, it is dealt with, it does not go, it goes again."""

import pytest

from documentation import note_letters
from documentation.models import ProviderLetter
from people.models import ReferringProvider, Role
from tests.documentation.letter_pages.pages import decide, listed, one_of_each, told
from tests.documentation.letter_ward import waiting
from tests.factories import ProviderLetterFactory, UserFactory

pytestmark = pytest.mark.django_db
Status = ProviderLetter.Status


def test_it_arrived_marks_one_as_sent_of_which_nobody_knew(client, clinic, desk):
    letter = one_of_each(clinic)["unknown"]
    client.force_login(desk)

    first, second = (decide(client, "arrived", letter) for _ in range(2))

    letter.refresh_from_db()
    assert (letter.status, letter.settled_by) == (Status.SENT, desk)
    assert told(first) == ["The letter is marked as sent."]
    assert told(second) == ["Somebody has dealt with this letter already."]


def test_dealt_with_takes_a_failed_one_off_the_list(client, clinic, desk):
    letter = one_of_each(clinic)["failed"]
    client.force_login(desk)

    response = decide(client, "dealt-with", letter)

    assert told(response) == ["The letter is dealt with."]
    assert letter.pk not in listed(response)


def test_do_not_send_keeps_one_that_waits(client, clinic, desk):
    rows = one_of_each(clinic)
    client.force_login(desk)

    kept, too_late = (
        decide(client, "withhold", rows["waiting"]),
        decide(client, "withhold", rows["sent"]),
    )

    assert ProviderLetter.objects.get(pk=rows["waiting"].pk).status == Status.WITHHELD
    assert told(kept) == ["The letter does not go."]
    assert told(too_late) == ["Somebody has dealt with this letter already."]


def test_send_again_writes_another_and_rings_for_it(client, rung):
    letter = waiting()
    ProviderLetter.objects.update(status="failed", problem="No such number.")
    client.force_login(UserFactory(roles=[Role.OWNER]))

    response = decide(client, "resend", letter, channel="email")

    again = ProviderLetter.objects.get(instead_of=letter)
    assert (again.channel, again.status, rung) == ("email", Status.WAITING, [again.pk])
    assert told(response) == ["The letter goes out again."]


def test_send_again_says_what_stands_in_the_way(client, rung):
    letter = waiting()
    ProviderLetter.objects.update(status="failed")
    ReferringProvider.objects.update(email="")
    client.force_login(UserFactory(roles=[Role.OWNER]))

    nowhere = decide(client, "resend", letter, channel="email")
    other = ProviderLetterFactory(note=letter.note, status="failed")
    untrue = decide(client, "resend", other)

    assert told(nowhere) == ["Not sent: There is no e-mail address on file for this provider."]
    assert told(untrue) == [f"Not sent: {note_letters.AMENDED}"]
    assert rung == []
