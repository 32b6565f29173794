"""Signed reports that go to the provider by themselves, once that was chosen."""

import pytest

from documentation import letter_setup, note_letters, tasks
from documentation.models import LetterSettings, ProviderLetter
from documentation.tasks import queue_report_letter, sweep_report_letters
from people.models import AuditEvent, ReferringProvider
from tests.documentation.letter_ward import signed_report
from tests.documentation.ready import ready_note, sign
from tests.factories import PatientFactory

pytestmark = pytest.mark.django_db


def test_reports_signed_after_it_was_chosen_go_by_themselves_once(
    owner, rung, django_capture_on_commit_callbacks, monkeypatch
):
    earlier = sign(ready_note(kind="progress"))
    letter_setup.set_up_letters(by=owner, sends_reports=True)
    monkeypatch.setattr(queue_report_letter, "delay", lambda pk: queue_report_letter.apply([pk]))
    later = sign(ready_note(kind="progress", patient=PatientFactory(mrn="PT2")))
    daily = sign(ready_note(patient=PatientFactory(mrn="PT3")))
    ReferringProvider.objects.update(fax="+15035550177")

    for _ in range(2):
        sweep_report_letters.apply()
    queue_report_letter.apply([earlier.pk])
    queue_report_letter.apply([daily.pk])

    letter = ProviderLetter.objects.get()
    assert (letter.note, letter.created_by, letter.channel) == (later, None, "fax")
    assert rung == [letter.pk]


def test_signing_a_report_rings_for_its_letter_and_signing_a_daily_note_does_not(monkeypatch):
    heard = []
    monkeypatch.setattr(tasks.queue_report_letter, "delay_on_commit", heard.append)

    report = sign(ready_note(kind="progress"))
    sign(ready_note(patient=PatientFactory(mrn="PT2")))

    assert heard == [report.pk]


def test_until_it_is_chosen_nothing_goes_by_itself():
    note = signed_report()

    queue_report_letter.apply([note.pk])
    sweep_report_letters.apply()

    assert ProviderLetter.objects.count() == 0


def test_switched_off_and_on_again_it_begins_anew(owner):
    letter_setup.set_up_letters(by=owner, sends_reports=True)
    since = LetterSettings.current().reports_since
    letter_setup.set_up_letters(by=owner, sends_reports=True)
    assert LetterSettings.current().reports_since == since

    letter_setup.set_up_letters(by=owner, sends_reports=False)
    note = signed_report()
    letter_setup.set_up_letters(by=owner, sends_reports=True)

    assert note_letters.queue_by_itself(note) is None
    assert LetterSettings.current().reports_since > since
    assert AuditEvent.objects.filter(action="letters.set_up").count() == 3
