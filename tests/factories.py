"""Dull rows for tests: required fields only. What matters to a test is written in the test."""

import datetime as dt
import uuid
from decimal import Decimal
from functools import cache
from hashlib import sha256
from zoneinfo import ZoneInfo

import factory
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from documentation import plan_content
from documentation.frozen import sha256_of
from documentation.models import (
    Attachment,
    AttachmentFile,
    AttachmentThumbnail,
    Episode,
    EpisodeDiagnosis,
    Goal,
    HomeProgram,
    HomeProgramItem,
    MeasureRequest,
    MeasureResult,
    Note,
    PlanOfCare,
    PlanSending,
    ProcedureCode,
    ProviderLetter,
    ServiceTimer,
    SessionAid,
    TimedEntry,
    Visit,
)
from people.models import (
    Authorization,
    CardPhoto,
    Clinic,
    ConsentForm,
    ConsentSignature,
    ConsentVersion,
    Coverage,
    Patient,
    PatientLink,
    Payer,
    Practice,
    Questionnaire,
    ReferringProvider,
    Role,
    Therapist,
    User,
)
from people.validators import npi_check_digit
from scheduling.models import (
    Appointment,
    AppointmentType,
    DeskPayment,
    Equipment,
    EquipmentKind,
    Group,
    Kiosk,
    Room,
    Series,
    WeeklyHours,
)

PORTLAND = ZoneInfo("America/Los_Angeles")
MONDAY = dt.date(2026, 3, 2)
PASSWORD = "correct-horse-battery"


def at(hour: int, minute: int = 0, day: dt.date = MONDAY) -> dt.datetime:
    """A moment on the clinic's wall clock, 2 March 2026 unless told."""
    return dt.datetime.combine(day, dt.time(hour, minute), PORTLAND)


def npi(number: int) -> str:
    first_nine = f"1{number:08d}"
    return first_nine + str(npi_check_digit(first_nine))


def hashed_password() -> str:
    """Hashing is slow by design: once for all test accounts."""
    return _hashed_by(settings.PASSWORD_HASHERS[0])


@cache
def _hashed_by(hasher: str) -> str:
    """One for each hasher: what a fixture of a whole module makes comes before the quick one."""
    return make_password(PASSWORD)


class Rows(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True
        skip_postgeneration_save = True


class PracticeFactory(Rows):
    class Meta:
        model = Practice
        django_get_or_create = ("id",)

    id = 1
    legal_name = "Riverbend Physical Therapy LLC"
    ein = "931234567"
    npi = npi(22233344)
    phone = "+15035550142"
    billing_contact = "Billing office"
    line1 = "100 Main St"
    city = "Portland"
    state = "OR"
    postal_code = "97201-0001"


class ClinicFactory(Rows):
    class Meta:
        model = Clinic

    name = factory.Sequence(lambda n: f"Clinic {n}")
    time_zone = "America/Los_Angeles"
    phone = "+15035550142"
    line1 = "100 Main St"
    city = "Portland"
    state = "OR"
    postal_code = "97201-0001"


class UserFactory(Rows):
    """A member of staff; `clinics=[...]` says where they work."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"staff{n}@example.com")
    first_name = "Sam"
    last_name = factory.Sequence(lambda n: f"Staff{n}")
    roles = [Role.FRONT_DESK]
    password = factory.LazyFunction(hashed_password)

    @factory.post_generation
    def clinics(self, create, extracted, **kwargs):
        if create and extracted:
            self.clinics.set(extracted)


class TherapistFactory(Rows):
    class Meta:
        model = Therapist

    user = factory.SubFactory(UserFactory, roles=[Role.THERAPIST])
    credential = "PT"
    npi = factory.Sequence(npi)
    taxonomy = "225100000X"
    licence_number = factory.Sequence(lambda n: f"PT{n:05d}")
    licence_state = "OR"
    licence_expires_on = dt.date(2030, 12, 31)


class AssistantFactory(TherapistFactory):
    user = factory.SubFactory(UserFactory, roles=[Role.ASSISTANT])
    credential = "PTA"
    npi = ""
    taxonomy = "225200000X"
    supervisor = factory.SubFactory(TherapistFactory)


class StudentFactory(TherapistFactory):
    user = factory.SubFactory(UserFactory, roles=[Role.STUDENT])
    credential = "SPT"
    npi = ""
    taxonomy = "390200000X"
    licence_number = ""
    licence_state = ""
    licence_expires_on = None
    school = "Cascade State University"
    placement_ends_on = dt.date(2030, 12, 31)
    supervisor = factory.SubFactory(TherapistFactory)


class PatientFactory(Rows):
    class Meta:
        model = Patient

    mrn = factory.Sequence(lambda n: f"PT7{n:05d}")
    clinic = factory.SubFactory(ClinicFactory)
    first_name = "Ada"
    last_name = "Okafor"
    birth_date = dt.date(1958, 3, 12)
    sex = "F"
    line1 = "22 Oak Ave"
    city = "Portland"
    state = "OR"
    postal_code = "97202"


class ReferringProviderFactory(Rows):
    class Meta:
        model = ReferringProvider

    first_name = "Marcus"
    last_name = "Hale"
    credential = "MD"
    npi = factory.Sequence(lambda n: npi(50_000_000 + n))


class PayerFactory(Rows):
    class Meta:
        model = Payer

    name = factory.Sequence(lambda n: f"Payer {n}")
    kind = Payer.Kind.COMMERCIAL
    edi_payer_id = "60054"
    claim_filing_code = "CI"
    line1 = "PO Box 14079"
    city = "Lexington"
    state = "KY"
    postal_code = "40512"


class CoverageFactory(Rows):
    class Meta:
        model = Coverage

    patient = factory.SubFactory(PatientFactory)
    payer = factory.SubFactory(PayerFactory)
    member_id = "W123456789"
    starts_on = dt.date(2025, 1, 1)


class AuthorizationFactory(Rows):
    class Meta:
        model = Authorization

    coverage = factory.SubFactory(CoverageFactory)
    number = "AUTH778"
    visits_approved = 12
    starts_on = dt.date(2026, 1, 1)
    ends_on = dt.date(2026, 12, 31)


class ConsentFormFactory(Rows):
    class Meta:
        model = ConsentForm

    name = factory.Sequence(lambda n: f"Treatment {n}")


class ConsentVersionFactory(Rows):
    class Meta:
        model = ConsentVersion

    form = factory.SubFactory(ConsentFormFactory)
    number = 1
    title = "Consent to treatment"
    body = "I agree to be examined and treated."
    effective_from = dt.date(2025, 1, 1)


class ConsentSignatureFactory(Rows):
    class Meta:
        model = ConsentSignature

    patient = factory.SubFactory(PatientFactory)
    version = factory.SubFactory(ConsentVersionFactory)
    answer = "signed"
    signer_name = "Ada Okafor"
    typed = "Ada Okafor"
    signed_at = dt.datetime(2026, 1, 5, 18, tzinfo=dt.UTC)
    sha256 = "0" * 64


class PatientLinkFactory(Rows):
    class Meta:
        model = PatientLink

    purpose = "intake"
    patient = factory.SubFactory(PatientFactory)
    expires_at = factory.LazyFunction(lambda: timezone.now() + dt.timedelta(days=14))


class QuestionnaireFactory(Rows):
    class Meta:
        model = Questionnaire

    patient = factory.SubFactory(PatientFactory)
    link = factory.SubFactory(PatientLinkFactory, patient=factory.SelfAttribute("..patient"))


class CardPhotoFactory(Rows):
    class Meta:
        model = CardPhoto

    questionnaire = factory.SubFactory(QuestionnaireFactory)
    side = "front"
    image = b"\xff\xd8 large"
    thumbnail = b"\xff\xd8 small"
    sha256 = "0" * 64


class AppointmentTypeFactory(Rows):
    class Meta:
        model = AppointmentType

    name = factory.Sequence(lambda n: f"Follow-up {n}")
    minutes = 45


class RoomFactory(Rows):
    class Meta:
        model = Room

    clinic = factory.SubFactory(ClinicFactory)
    name = factory.Sequence(lambda n: f"Bay {n}")


class EquipmentKindFactory(Rows):
    class Meta:
        model = EquipmentKind

    name = factory.Sequence(lambda n: f"Treadmill, kind {n}")


class EquipmentFactory(Rows):
    class Meta:
        model = Equipment

    clinic = factory.SubFactory(ClinicFactory)
    kind = factory.SubFactory(EquipmentKindFactory)
    name = factory.Sequence(lambda n: f"Treadmill {n}")


class GroupFactory(Rows):
    class Meta:
        model = Group

    therapist = factory.SubFactory(TherapistFactory)
    clinic = factory.SubFactory(ClinicFactory)
    type = factory.SubFactory(AppointmentTypeFactory, capacity=6)
    capacity = factory.LazyAttribute(lambda o: o.type.capacity)
    starts_at = at(9)
    ends_at = factory.LazyAttribute(lambda o: o.starts_at + dt.timedelta(minutes=o.type.minutes))


class WeeklyHoursFactory(Rows):
    class Meta:
        model = WeeklyHours

    therapist = factory.SubFactory(TherapistFactory)
    clinic = factory.SubFactory(ClinicFactory)
    weekday = 0
    starts_at = dt.time(8)
    ends_at = dt.time(17)


class SeriesFactory(Rows):
    class Meta:
        model = Series

    patient = factory.SubFactory(PatientFactory)
    clinic = factory.SelfAttribute("patient.clinic")
    type = factory.SubFactory(AppointmentTypeFactory)
    rule = factory.LazyFunction(dict)
    visits = 1


class AppointmentFactory(Rows):
    class Meta:
        model = Appointment

    patient = factory.SubFactory(PatientFactory)
    therapist = factory.SubFactory(TherapistFactory)
    clinic = factory.SelfAttribute("patient.clinic")
    type = factory.SubFactory(AppointmentTypeFactory)
    starts_at = at(9)
    ends_at = factory.LazyAttribute(lambda o: o.starts_at + dt.timedelta(minutes=o.type.minutes))


class DeskPaymentFactory(Rows):
    class Meta:
        model = DeskPayment

    receipt_number = factory.Sequence(lambda n: 900_000 + n)
    appointment = factory.SubFactory(AppointmentFactory)
    patient = factory.SelfAttribute("appointment.patient")
    clinic = factory.SelfAttribute("appointment.clinic")
    kind = "copay"
    amount = Decimal("30.00")
    method = "card"
    taken_on = MONDAY
    taken_by = factory.SubFactory(UserFactory)


class KioskFactory(Rows):
    class Meta:
        model = Kiosk

    clinic = factory.SubFactory(ClinicFactory)
    name = factory.Sequence("Kiosk {}".format)
    token_sha256 = factory.Sequence(lambda number: sha256(b"%d" % number).hexdigest())
    made_by = factory.SubFactory(UserFactory)


class ProcedureCodeFactory(Rows):
    class Meta:
        model = ProcedureCode
        django_get_or_create = ("code",)

    code = "97110"
    label = "Therapeutic exercise"
    timed = True
    minutes_per_unit = 15
    disciplines = ["PT", "OT"]
    source = "test"


class EpisodeFactory(Rows):
    class Meta:
        model = Episode

    patient = factory.SubFactory(PatientFactory)
    clinic = factory.SelfAttribute("patient.clinic")
    title = "Balance after stroke"
    therapist = factory.SubFactory(TherapistFactory)
    referring_provider = factory.SubFactory(ReferringProviderFactory)
    started_on = dt.date(2026, 2, 23)


class EpisodeDiagnosisFactory(Rows):
    class Meta:
        model = EpisodeDiagnosis

    episode = factory.SubFactory(EpisodeFactory)
    position = 1
    code = "I69.354"
    label = "Hemiplegia after stroke, left side"


class GoalFactory(Rows):
    class Meta:
        model = Goal

    episode = factory.SubFactory(EpisodeFactory)
    text = "Walk 300 m outdoors without a device"
    due_on = dt.date(2026, 5, 1)


class MeasureResultFactory(Rows):
    """Berg 44 of 56, measured at the clinic."""

    class Meta:
        model = MeasureResult

    episode = factory.SubFactory(EpisodeFactory)
    measure = "berg"
    taken_on = MONDAY
    value = Decimal(44)
    answers = factory.LazyAttribute(lambda o: {"total": str(o.value)})
    recorded_by = factory.SubFactory(UserFactory)
    recorder_name = "Ada Reed"


class MeasureRequestFactory(Rows):
    class Meta:
        model = MeasureRequest

    episode = factory.SubFactory(EpisodeFactory)
    series = ["psfs", "pain.now"]
    asked_by = factory.SubFactory(UserFactory)


class PlanOfCareFactory(Rows):
    class Meta:
        model = PlanOfCare

    episode = factory.SubFactory(EpisodeFactory)
    starts_on = dt.date(2026, 2, 23)
    frequency_per_week = 2
    duration_weeks = 8
    interventions = "Neuromuscular re-education, gait training"
    # A day never stands without what it rests on.
    sent_proof = factory.LazyAttribute(lambda plan: "Fax receipt" if plan.sent_on else "")
    signed_by_name = factory.LazyAttribute(lambda plan: "Dr. Chen" if plan.signed_on else "")
    signed_proof = factory.LazyAttribute(
        lambda plan: "Paper, in the chart" if plan.signed_on else ""
    )
    sent_on = None
    signed_on = None


class PlanSendingFactory(Rows):
    class Meta:
        model = PlanSending

    plan = factory.SubFactory(PlanOfCareFactory)
    provider = factory.SelfAttribute("plan.episode.referring_provider")
    sent_by = factory.SubFactory(UserFactory)
    content = factory.LazyAttribute(
        lambda sending: plan_content.content_of(
            sending.plan, provider=sending.provider, by=sending.plan.episode.therapist
        )
    )
    content_sha256 = factory.LazyAttribute(lambda sending: sha256_of(sending.content))
    expires_at = factory.LazyFunction(lambda: timezone.now() + dt.timedelta(days=30))


class VisitFactory(Rows):
    class Meta:
        model = Visit

    episode = factory.SubFactory(EpisodeFactory)
    patient = factory.SelfAttribute("episode.patient")
    clinic = factory.SelfAttribute("patient.clinic")
    therapist = factory.SelfAttribute("episode.therapist")
    date_of_service = MONDAY
    place_of_service = "11"


class TimedEntryFactory(Rows):
    class Meta:
        model = TimedEntry

    visit = factory.SubFactory(VisitFactory)
    code = factory.SubFactory(ProcedureCodeFactory)
    minutes = 20


class SessionAidFactory(Rows):
    """A template of one service."""

    class Meta:
        model = SessionAid

    owner = factory.SubFactory(UserFactory, roles=[Role.THERAPIST])
    kind = "template"
    name = factory.Sequence(lambda n: f"Balance {n}")
    content = factory.LazyFunction(lambda: [{"code": "97110", "narrative": "Leg press"}])


class ServiceTimerFactory(Rows):
    """A timer that has been running since nine."""

    class Meta:
        model = ServiceTimer

    visit = factory.SubFactory(VisitFactory)
    entry = factory.LazyFunction(uuid.uuid4)
    code = factory.SubFactory(ProcedureCodeFactory)
    furnished_by = factory.SelfAttribute("visit.therapist")
    one_on_one = True
    started_at = factory.LazyFunction(lambda: at(9))
    started_by = factory.SelfAttribute("furnished_by.user")


class NoteFactory(Rows):
    class Meta:
        model = Note

    visit = factory.SubFactory(VisitFactory)


class ProviderLetterFactory(Rows):
    """A fax that waits."""

    class Meta:
        model = ProviderLetter

    kind = "progress"
    note = factory.SubFactory(NoteFactory)
    patient = factory.SelfAttribute("note.visit.patient")
    provider = factory.SubFactory(ReferringProviderFactory, fax="+15035550177")
    channel = "fax"
    to = factory.SelfAttribute("provider.fax")
    content_sha256 = "0" * 64
    source_key = factory.Sequence(lambda n: f"letter:{n}")


class HomeProgramFactory(Rows):
    """A draft; `home_programs.give` puts it into the patient's hands."""

    class Meta:
        model = HomeProgram

    patient = factory.SubFactory(PatientFactory)
    made_by = factory.SubFactory(UserFactory, roles=[Role.THERAPIST])


class HomeProgramItemFactory(Rows):
    class Meta:
        model = HomeProgramItem

    program = factory.SubFactory(HomeProgramFactory)
    position = 1
    exercise = "bridge"
    sets = 3
    reps = 10
    times_a_day = 1
    days_a_week = 7


class AttachmentFactory(Rows):
    """A document with its bytes (`content`) and a thumbnail that waits."""

    class Meta:
        model = Attachment

    content = factory.Sequence(lambda n: f"%PDF-1.7 paper {n}".encode())
    patient = factory.SubFactory(PatientFactory)
    kind = "referral"
    title = "Referral"
    content_type = "application/pdf"
    sha256 = factory.LazyAttribute(lambda row: sha256(row.content).hexdigest())
    size = factory.LazyAttribute(lambda row: len(row.content))
    uploaded_by = factory.SubFactory(UserFactory)

    @classmethod
    def _create(cls, model_class, *args, content, **values):
        with transaction.atomic():  # at its end there must be bytes
            attachment = super()._create(model_class, *args, **values)
            AttachmentFile.objects.create(attachment=attachment, content=content)
            AttachmentThumbnail.objects.create(attachment=attachment)
        return attachment
