"""One visit from the telephone to the claim file. If you read one test, read this one."""

import datetime as dt
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from billing import batches, claims, ledger
from billing.models import Claim
from documentation import cases, charting, drafts, pdf, signing
from documentation.models import Note
from people import audit, intake
from people.models import Role
from scheduling import booking
from scheduling.models import Appointment
from tests.billing.makers import make_fees, make_partner, make_payer
from tests.billing.x12.pyx12_check import check
from tests.documentation.rules.entries import WHOLE
from tests.factories import (
    MONDAY,
    PASSWORD,
    AppointmentTypeFactory,
    ClinicFactory,
    PracticeFactory,
    ReferringProviderFactory,
    TherapistFactory,
    UserFactory,
    at,
)

BALANCE = {
    "key": "6f1f0f34-6a0c-4e43-9d7a-0c7f1b6a0001",
    "code": "97112",
    "minutes": "24",
    "details": WHOLE,
}
STRENGTH = {
    "key": "6f1f0f34-6a0c-4e43-9d7a-0c7f1b6a0002",
    "code": "97110",
    "minutes": "23",
    "narrative": "Leg press 3 x 10 at 40 kg; heel raises 3 x 15.",
    "narrative_is_own": True,
}


@pytest.mark.django_db
def test_a_visit_goes_from_known_to_billed():
    # The house stands: a practice, a clinic, a payer who wants GP and a certified plan.
    PracticeFactory()
    make_fees()
    partner = make_partner()
    medicare = make_payer(partner=partner)
    clinic = ClinicFactory()
    desk = UserFactory(roles=[Role.FRONT_DESK], clinics=[clinic])
    biller = UserFactory(roles=[Role.BILLER])
    therapist = TherapistFactory(user__first_name="Priya", user__last_name="Stone")
    therapist.user.clinics.add(clinic)

    # Known: the desk takes the patient and the card; the therapist opens the case.
    patient = intake.register_patient(
        by=desk,
        clinic=clinic,
        first_name="José",
        last_name="Muñoz",
        birth_date=dt.date(1950, 3, 12),
        sex="M",
        line1="22 Oak Ave",
        city="Portland",
        state="OR",
        postal_code="97202",
    )
    intake.add_coverage(
        patient=patient,
        by=desk,
        payer=medicare,
        member_id="1EG4TE5MK73",
        starts_on=dt.date(2025, 1, 1),
    )
    episode = cases.open_episode(
        patient=patient,
        by=therapist.user,
        diagnoses=["I69.354", "R26.81"],
        clinic=clinic,
        title="Balance after stroke",
        therapist=therapist,
        referring_provider=ReferringProviderFactory(),
        onset_on=dt.date(2026, 1, 10),
        started_on=dt.date(2026, 2, 23),
    )
    goal = cases.add_goal(
        episode=episode,
        by=therapist.user,
        text="Walk 300 m outdoors without a device",
        due_on=dt.date(2026, 5, 1),
    )
    cases.add_plan(
        episode=episode,
        by=therapist.user,
        starts_on=dt.date(2026, 2, 23),
        frequency_per_week=2,
        duration_weeks=8,
        interventions="Neuromuscular re-education, therapeutic exercise.",
        signed_on=dt.date(2026, 2, 25),
        signed_by_name="Dana Whitfield, MD",
        signed_proof="Signed fax, in the chart",
    )

    # Booked: Monday at nine; a second patient cannot have that hour.
    appointment = booking.book(
        patient=patient,
        therapist=therapist,
        clinic=clinic,
        appointment_type=AppointmentTypeFactory(minutes=60),
        starts_at=at(9, day=MONDAY),
        by=desk,
        anyway=True,
    )
    booking.check_in(appointment, by=desk)

    # Treated: 24 minutes of balance and 23 of strength, saved as they are typed.
    visit = charting.open_visit(appointment=appointment, by=therapist.user)
    content = {
        "note": {
            "kind": "daily",
            "subjective": "Steadier in the kitchen.",
            "objective": "Berg 46/56.",
            "assessment": "Reactive steps are quicker; unannounced pushes still need guarding.",
            "plan": "Next: foam.",
        },
        "total_treatment_minutes": "50",
        "entries": [BALANCE | {"goal": goal.pk}, STRENGTH | {"goal": goal.pk}],
    }
    state = drafts.save_draft(visit=visit, content=content, base_version=0, by=therapist.user)
    assert (state.errors, state.missing, state.timed_minutes) == ({}, 0, 47)

    # Signed: with the password, once; the note and its services never change again.
    note = signing.sign_note(
        note=Note.objects.get(visit=visit), by=therapist.user, password=PASSWORD
    )
    with pytest.raises(charting.AlreadySigned):
        charting.record_time(visit=visit, code="97116", minutes=10, by=therapist.user)
    appointment.refresh_from_db()
    assert appointment.status == Appointment.Status.COMPLETED

    # The PDF says what was signed.
    pdf.render_note(note)
    note.pdf.refresh_from_db()
    text = " ".join(
        page.extract_text() for page in PdfReader(BytesIO(bytes(note.pdf.file_bytes))).pages
    )
    assert "Muñoz" in text
    assert "Priya Stone, PT" in text

    # Billed: units and modifiers follow from the minutes; nobody types them.
    claim = claims.draft_claim(visit)
    assert claim.status == Claim.Status.READY
    assert [(line.code_id, line.units, line.modifiers) for line in claim.lines.all()] == [
        ("97112", 2, ["GP"]),
        ("97110", 1, ["GP"]),
    ]
    claims.release(claim=claim, by=biller)
    assert ledger.balance_of(patient)["payer"] == Decimal("275.00")

    # Out of the house: a file that the independent validator takes, named in plain letters.
    batch = batches.build(partner=partner, by=biller)
    file = bytes(batch.file.file_bytes).decode("ascii")
    assert check(file) == (True, [])
    assert "NM1*IL*1*MUNOZ*JOSE****MI*1EG4TE5MK73~" in file
    assert "SV1*HC:97112:GP*190*UN*2***1:2~" in file

    # And every step left its line in the audit, chained to the one before.
    assert audit.broken_links() == []
