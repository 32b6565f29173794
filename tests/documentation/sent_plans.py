"""A plan of care that can be sent, one that was, and the number of who answers."""

from documentation import plan_sending
from documentation.models import PlanOfCare, PlanSending
from people import links
from people.models import PatientLink
from tests.documentation.ready import therapist_at
from tests.factories import (
    ClinicFactory,
    EpisodeDiagnosisFactory,
    EpisodeFactory,
    GoalFactory,
    PatientFactory,
    PlanOfCareFactory,
    PracticeFactory,
    ReferringProviderFactory,
)


def ready_plan(*, patient=None, **values) -> PlanOfCare:
    """A plan that only wants to be sent, by the case's therapist."""
    PracticeFactory()
    clinic = patient.clinic if patient else ClinicFactory()
    episode = EpisodeFactory(
        patient=patient or PatientFactory(clinic=clinic, first_name="Ada", last_name="Okafor"),
        therapist=therapist_at(clinic, first_name="Maria", last_name="Lopez"),
        referring_provider=ReferringProviderFactory(),
    )
    EpisodeDiagnosisFactory(episode=episode)
    GoalFactory(episode=episode)
    return PlanOfCareFactory(episode=episode, **values)


def therapist_of(plan: PlanOfCare):
    return plan.episode.therapist.user


def sent(plan: PlanOfCare | None = None, *, days: int = 30) -> PlanSending:
    plan = plan or ready_plan()
    return plan_sending.put_out(plan=plan, by=therapist_of(plan), days=days)


def link_to(sending: PlanSending) -> PatientLink:
    """Its newest link, open or not."""
    rows = PatientLink.objects.filter(purpose=plan_sending.PURPOSE, target_id=sending.pk)
    return rows.latest("pk")


def token_to(sending: PlanSending) -> str:
    return links.token_of(link_to(sending))


def npi_of(sending: PlanSending) -> str:
    return sending.provider.npi


def now(row):
    """The row as it stands."""
    row.refresh_from_db()
    return row
