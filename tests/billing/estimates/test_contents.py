"""What a good-faith estimate says, and what each visit on it costs."""

import io
from decimal import Decimal

import pypdf
import pytest

from billing import estimates, issued_papers
from billing.estimate_content import NoPrice, cost
from billing.models import Fee, FeeSchedule
from tests.billing.estimates.makers import book, day, issue, plan_of
from tests.factories import EpisodeDiagnosisFactory, EpisodeFactory

pytestmark = pytest.mark.django_db


def text_of(content: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(content))
    return " ".join(" ".join(page.extract_text().split()) for page in reader.pages)


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
