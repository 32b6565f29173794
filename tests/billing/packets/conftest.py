"""A signed note whose claim was drafted, who asks for its packet, and no worker."""

import datetime as dt

import pytest

from billing import claims, packet_pages, tasks
from documentation.models import Episode, NotePdf, PlanOfCare
from people import audit
from people.models import Role
from tests.billing.makers import make_fees, make_payer
from tests.documentation.ready import ready_note, sign
from tests.factories import CoverageFactory, UserFactory


@pytest.fixture(autouse=True)
def rung(monkeypatch):
    """The packets for which a worker was rung."""
    ids = []
    monkeypatch.setattr(tasks.make_audit_packet, "delay", ids.append)
    monkeypatch.setattr("documentation.tasks.render_note_pdf.delay", lambda pk: None)
    return ids


@pytest.fixture
def quick(monkeypatch):
    """For tests of the row: what is drawn does not matter to them."""
    drawn = packet_pages.Drawn(content=b"%PDF", pages=8)
    monkeypatch.setattr(packet_pages, "draw", lambda content, **options: drawn)


@pytest.fixture
def biller():
    return UserFactory(roles=[Role.BILLER], first_name="Bea", last_name="Quill")


@pytest.fixture
def note(biller):
    """A signed note whose claim was drafted, its PDF made, and its chart looked at."""
    payer = make_payer(name="Noridian Medicare")
    make_fees()
    note = ready_note()
    CoverageFactory(patient=note.visit.patient, payer=payer, member_id="1EG4TE5MK73")
    Episode.objects.update(order_signed_on=dt.date(2026, 2, 20))
    PlanOfCare.objects.update(
        sent_on=dt.date(2026, 2, 26),
        sent_proof="Fax receipt",
        signed_on=dt.date(2026, 2, 28),
        signed_by_name="Dr. Chen",
        signed_proof="Paper, in the chart",
    )
    note = sign(note)
    NotePdf.objects.update(status="ready", file_bytes=b"%PDF", sha256="1" * 64)
    claims.draft_claim(note.visit)
    audit.record(by=biller, action="note.viewed", patient=note.visit.patient, target=note)
    return note
