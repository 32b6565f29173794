"""Good-faith estimates: frozen when issued, due by the rule, given once, compared with the bill."""

import datetime as dt
import io
from decimal import Decimal

import pypdf
import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from billing import estimates, estimates_due, issued_papers, superbills
from billing.estimate_content import NoPrice, Plan, cost
from billing.models import Estimate, EstimateRequest, EstimateRule, Fee, FeeSchedule
from people.models import Message, PatientLink, Role
from tests.billing.makers import make_fees, make_visit, sign
from tests.factories import (
    AppointmentFactory,
    AppointmentTypeFactory,
    CoverageFactory,
    EpisodeDiagnosisFactory,
    EpisodeFactory,
    PatientFactory,
    PracticeFactory,
    UserFactory,
    at,
)

pytestmark = pytest.mark.django_db

BOOKED_ON = dt.date(2026, 3, 2)  # a Monday


def day(number: int, month: int = 3) -> dt.date:
    return dt.date(2026, month, number)


@pytest.fixture(autouse=True)
def monday_noon(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: at(12, day=BOOKED_ON).astimezone(dt.UTC))


@pytest.fixture
def biller():
    return UserFactory(roles=[Role.BILLER], first_name="Bea", last_name="Quill")


@pytest.fixture
def patient():
    PracticeFactory()
    make_fees()
    return PatientFactory(email="ada@example.com", contact_by="email")


@pytest.fixture
def follow_up():
    return AppointmentTypeFactory(name="Balance follow-up")


@pytest.fixture
def desk(patient):
    return UserFactory(roles=[Role.FRONT_DESK], clinics=[patient.clinic])


def book(patient, kind, on: dt.date, **fields):
    booked_at = at(9, day=fields.pop("booked_on", BOOKED_ON))
    return AppointmentFactory(
        patient=patient, type=kind, starts_at=at(9, day=on), booked_at=booked_at, **fields
    )


def plan_of(*visits, units: int = 2, **fields) -> Plan:
    """Each visit is two units of 97112 and one of 97110: $275.00."""
    services = {visit.type_id: (("97112", units), ("97110", 1)) for visit in visits}
    return Plan(
        **{"primary": "Physical therapy for balance", "appointments": visits, "services": services}
        | fields
    )


def issue(patient, plan, biller, **fields) -> Estimate:
    return estimates.issue(patient=patient, plan=plan, by=biller, **fields)


def make(estimate) -> Estimate:
    issued_papers.make(estimate, lambda row: b"%PDF")
    estimate.refresh_from_db()
    return estimate


def text_of(content: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(content))
    return " ".join(" ".join(page.extract_text().split()) for page in reader.pages)


# --- What it says -------------------------------------------------------------------------------


def test_an_estimate_says_all_that_the_rule_wants(patient, follow_up, biller):
    episode = EpisodeFactory(patient=patient)
    diagnosis = EpisodeDiagnosisFactory(episode=episode)
    visits = [book(patient, follow_up, day(16)), book(patient, follow_up, day(18))]
    estimate = issue(
        patient, plan_of(*visits, episode=episode, separate="Ankle brace\n\nX-ray"), biller
    )

    issued_papers.make(estimate, issued_papers.estimate_pdf)
    estimate.refresh_from_db()
    text = text_of(bytes(estimate.file_bytes))

    for said in (
        "Good-faith estimate",
        "Ada Okafor",
        "Mar 12, 1958",
        "Physical therapy for balance",
        "Expected in all $550.00",
        "Visits 2, from Mar 16, 2026 to Mar 18, 2026",
        f"{diagnosis.code} {diagnosis.label}",
        "Balance follow-up: 2 visits",
        "Booked for Mar 16, 2026; Mar 18, 2026.",
        "97112 ",
        "2 $95.00 $190.00 $380.00",
        "1 $85.00 $85.00 $170.00",
        "Total of all expected charges $550.00",
        "Riverbend Physical Therapy LLC, NPI ",
        "tax ID (EIN) 93-1234567",
        f"{patient.clinic.name}, 100 Main St, Portland, OR 97201-0001",
        f"{visits[0].therapist}, NPI {visits[0].therapist.npi}",
        "Ankle brace",
        "X-ray",
        "may be different, and may cost more",
        "You may dispute a bill that is $400.00 or more above this estimate.",
        "120 calendar days",
        "www.cms.gov/nosurprises",
        "will not make your care any worse",
        "This estimate is not a contract.",
        "for 12 months at most",
    ):
        assert said in text, said


def test_its_pdf_can_be_read_aloud_and_is_the_same_bytes_twice(patient, follow_up, biller):
    estimate = issue(patient, plan_of(book(patient, follow_up, day(16))), biller)

    first = issued_papers.estimate_pdf(estimate)

    assert issued_papers.estimate_pdf(estimate) == first
    catalog = pypdf.PdfReader(io.BytesIO(first)).trailer["/Root"]
    assert b"pdfuaid:part" in catalog["/Metadata"].get_object().get_data()


def test_each_visit_costs_what_the_list_of_its_own_day_says(patient, follow_up):
    FeeSchedule.objects.update(effective_to=day(31))
    dearer = FeeSchedule.objects.create(name="April", effective_from=day(1, 4), source="test")
    for code, amount in (("97112", "100.00"), ("97110", "85.00")):
        Fee.objects.create(schedule=dearer, code_id=code, amount=amount)
    visits = [book(patient, follow_up, day(16)), book(patient, follow_up, day(1, 4))]

    costed = cost(plan_of(*visits))

    assert [(group.days, group.total) for group in costed.groups] == [
        ([day(16)], Decimal("275.00")),
        ([day(1, 4)], Decimal("285.00")),
    ]


def test_a_code_without_a_price_is_refused_by_name(patient, follow_up):
    visit = book(patient, follow_up, day(16))

    with pytest.raises(NoPrice, match=r"97150 has no price on Mar 16, 2026\."):
        cost(plan_of(visit, services={follow_up.pk: (("97150", 1),)}))


def test_visits_that_are_not_booked_yet_are_counted_in(patient, follow_up, biller):
    plan = plan_of(
        primary="Balance",
        services={follow_up.pk: (("97110", 2),)},
        more_visits=6,
        more_type=follow_up,
        more_until=day(30, 4),
    )

    estimate = issue(patient, plan, biller)

    assert (estimate.visits, estimate.total) == (6, Decimal("1020.00"))
    assert (estimate.first_day, estimate.last_day) == (day(30, 4), day(30, 4))


def test_a_plan_of_nothing_is_refused(patient, biller):
    with pytest.raises(estimates.NothingPlanned):
        issue(patient, plan_of(), biller)


# --- It stays, and is replaced ------------------------------------------------------------------


def test_an_issued_estimate_never_changes(patient, follow_up, biller):
    estimate = make(issue(patient, plan_of(book(patient, follow_up, day(16))), biller))

    for act in (
        lambda: Estimate.objects.update(content={}),
        lambda: Estimate.objects.update(total=1),
        lambda: Estimate.objects.update(file_bytes=b"x"),
        estimate.appointments.clear,
        lambda: Estimate.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_a_changed_plan_is_a_newer_version_that_replaces_the_older(patient, follow_up, biller):
    visit = book(patient, follow_up, day(16))
    older = make(issue(patient, plan_of(visit), biller))
    estimates.send(estimate=older, by=biller)

    newer = issue(patient, plan_of(visit, units=3), biller, replaces=older)

    older = Estimate.objects.get(pk=older.pk)
    assert (newer.version, newer.replaces, older.is_current) == (2, older, False)
    assert (older.total, newer.total) == (Decimal("275.00"), Decimal("370.00"))
    assert PatientLink.objects.get().revoked_at is not None
    with pytest.raises(estimates.AlreadyReplaced):
        issue(patient, plan_of(visit), biller, replaces=older)


def test_the_numbers_are_those_that_held_when_it_was_issued(patient, follow_up, biller):
    visits = [book(patient, follow_up, day(n)) for n in (16, 17)]
    before = issue(patient, plan_of(visits[0]), biller)
    EstimateRule.objects.update(dispute_over=500)

    after = issue(patient, plan_of(visits[1]), biller)

    assert (before.dispute_over, after.dispute_over) == (Decimal("400.00"), Decimal("500"))
    assert before.content["rule"]["dispute_over"] == "$400.00"


# --- Given --------------------------------------------------------------------------------------


def test_an_estimate_is_given_once(patient, follow_up, biller):
    estimate = make(issue(patient, plan_of(book(patient, follow_up, day(16))), biller))

    assert estimates.give(estimate=estimate, how="paper", by=biller)
    assert not estimates.give(estimate=estimate, how="link", by=None)

    estimate.refresh_from_db()
    assert (estimate.given_how, estimate.given_by) == ("paper", biller)
    with pytest.raises(DatabaseError), transaction.atomic():
        Estimate.objects.update(given_how="link")


def test_what_is_not_made_yet_cannot_be_given(patient, follow_up, biller):
    estimate = issue(patient, plan_of(book(patient, follow_up, day(16))), biller)

    with pytest.raises(estimates.NotReady):
        estimates.give(estimate=estimate, how="paper", by=biller)


def test_the_link_is_written_once_and_names_nothing_clinical(patient, follow_up, biller):
    estimate = make(issue(patient, plan_of(book(patient, follow_up, day(16))), biller))

    first = estimates.send(estimate=estimate, by=biller)
    again = estimates.send(estimate=estimate, by=biller)

    assert first == again
    message = Message.objects.get()
    assert message.status == Message.Status.WAITING
    assert message.subject == f"A paper from {patient.clinic}"
    assert "/estimate/" in message.body
    assert not {"balance", "therapy", "Okafor"} & set(message.body.split())
    assert Estimate.objects.get().given_at is None


# --- Due ----------------------------------------------------------------------------------------


def due(user) -> list[tuple[dt.date, int, bool]]:
    """When, of how many visits, and whether it is made already."""
    return [(row.on, row.visits, row.estimate is not None) for row in estimates_due.due_list(user)]


def test_a_patient_booked_without_a_card_is_due_by_how_far_ahead(patient, follow_up, desk):
    book(patient, follow_up, day(5))
    book(patient, follow_up, day(16))

    assert due(desk) == [(day(3), 2, False)]


def test_who_was_booked_too_near_for_an_estimate_is_not_on_the_list(patient, follow_up, desk):
    book(patient, follow_up, day(4))

    assert due(desk) == []


@pytest.mark.parametrize(
    ("ends_on", "rows"),
    [(None, []), (day(17), [(day(5), 1, False)]), (day(15), [(day(5), 2, False)])],
)
def test_a_card_counts_on_the_days_it_holds(patient, follow_up, desk, ends_on, rows):
    CoverageFactory(patient=patient, ends_on=ends_on)
    book(patient, follow_up, day(16))
    book(patient, follow_up, day(18))

    assert due(desk) == rows


def test_another_clinics_patients_are_not_on_the_list(patient, follow_up, desk):
    book(PatientFactory(), follow_up, day(16))

    assert due(desk) == []


def test_an_issued_estimate_stays_due_until_it_is_given(patient, follow_up, desk, biller):
    visit = book(patient, follow_up, day(16))
    estimate = make(issue(patient, plan_of(visit), biller))
    assert due(desk) == [(day(5), 1, True)]

    estimates.give(estimate=estimate, how="paper", by=desk)
    assert due(desk) == []

    book(patient, follow_up, day(18))
    assert due(desk) == [(day(5), 1, False)]


def test_visits_booked_later_are_covered_where_the_estimate_counted_them(
    patient, follow_up, desk, biller
):
    plan = plan_of(
        services={follow_up.pk: (("97110", 2),)},
        more_visits=1,
        more_type=follow_up,
        more_until=day(31),
    )
    estimates.give(estimate=make(issue(patient, plan, biller)), how="paper", by=desk)
    book(patient, follow_up, day(16))
    assert due(desk) == []

    book(patient, follow_up, day(18))
    assert due(desk) == [(day(5), 1, False)]


def test_who_asks_is_due_within_three_business_days_until_it_is_given(
    patient, follow_up, desk, biller
):
    assert estimates.note_request(patient=patient, by=desk) == estimates.note_request(
        patient=patient, by=desk
    )
    assert due(desk) == [(day(5), 0, False)]

    visit = book(patient, follow_up, day(4))
    estimate = make(issue(patient, plan_of(visit), biller))
    assert EstimateRequest.objects.get().answered_by == estimate
    assert due(desk) == [(day(5), 0, True)]

    estimates.give(estimate=estimate, how="paper", by=desk)
    assert due(desk) == []


def test_other_lead_times_are_another_row(patient, follow_up, desk):
    EstimateRule.objects.update(far_within_days=5)
    book(patient, follow_up, day(16))

    assert due(desk) == [(day(9), 1, False)]


def test_without_a_rule_nothing_is_due_and_nothing_is_issued(patient, follow_up, desk, biller):
    visit = book(patient, follow_up, day(16))
    EstimateRule.objects.update(effective_to=day(1))

    assert due(desk) == []
    with pytest.raises(estimates.NoRule):
        issue(patient, plan_of(visit), biller)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_queries_for_any_number_of_patients(
    patient, follow_up, biller, django_assert_num_queries, count
):
    for number in range(count):
        someone = PatientFactory(clinic=patient.clinic)
        visit = book(someone, follow_up, day(16 + number))
        issue(someone, plan_of(visit), biller)
    owner = UserFactory(roles=[Role.OWNER])

    # The rule, the visits, their cards, who asked, the estimates and their visits.
    with django_assert_num_queries(6):
        assert len(estimates_due.due_list(owner)) == count


# --- Beside the bill ----------------------------------------------------------------------------


def treated(patient, visit, *minutes):
    """The booked visit as it was treated, signed."""
    row = make_visit(*minutes)
    type(row).objects.filter(pk=row.pk).update(patient=patient, appointment=visit)
    row.refresh_from_db()
    sign(row)
    return row


def test_a_bill_is_compared_with_all_that_the_estimate_promised(patient, follow_up, biller):
    booked = [book(patient, follow_up, day(n)) for n in (9, 11)]
    estimate = issue(patient, plan_of(*booked), biller)  # $550.00
    first = treated(patient, booked[0], ("97112", 68), ("97110", 23))  # 5 × 95 + 1 × 85
    superbills.ask(patient=patient, visits=[first], by=biller)
    second = treated(patient, booked[1], ("97112", 53))

    (near,) = estimates.compare({second: Decimal("389.99")})
    (over,) = estimates.compare({second: Decimal("390.00")})

    assert near.estimate == over.estimate == estimate
    assert (near.billed, near.is_over) == (Decimal("949.99"), False)
    assert (over.billed, over.over_by, over.is_over) == (
        Decimal("950.00"),
        Decimal("400.00"),
        True,
    )


def test_a_visit_that_no_estimate_names_is_compared_with_none(patient, follow_up, biller):
    issue(patient, plan_of(book(patient, follow_up, day(9))), biller)
    other = treated(patient, book(patient, follow_up, day(11)), ("97112", 53))

    assert estimates.compare({other: Decimal("5000.00")}) == []
