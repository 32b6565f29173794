"""Made-up rows of `people`: who works here, who comes, who pays."""

import datetime as dt

import factory
from django.utils import timezone

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
from tests.factories.base import Rows, hashed_password, npi


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
