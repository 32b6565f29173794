"""The people who work here: their log-in, their roles, and what a therapist may sign."""

import datetime as dt
from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower

from people.models.practice import Clinic
from people.validators import STATE_CHOICES, validate_npi, validate_taxonomy


class Role(models.TextChoices):
    OWNER = "owner", "Owner"
    FRONT_DESK = "front_desk", "Front desk"
    THERAPIST = "therapist", "Therapist"
    ASSISTANT = "assistant", "Assistant"
    STUDENT = "student", "Student"
    BILLER = "biller", "Biller"
    AUDITOR = "auditor", "Auditor"


class EmailUserManager(UserManager["User"]):
    """Accounts are named by e-mail; there is no user name."""

    def _create_user_object(self, username, email, password, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        return user

    def create_user(self, email, password=None, **fields):  # type: ignore[override]
        return super().create_user(email, email, password, **fields)

    def create_superuser(self, email, password=None, **fields):  # type: ignore[override]
        """The first account of a practice, made on the command line: its owner."""
        fields.setdefault("roles", [Role.OWNER])
        return super().create_superuser(email, email, password, **fields)

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email__iexact=email)


class User(AbstractUser):
    """A member of staff. Roles say what they may do; clinics say whose records they may see."""

    username = None  # type: ignore[assignment]
    email = models.EmailField("e-mail", unique=True)
    roles = ArrayField(
        models.CharField(max_length=20, choices=Role.choices), default=list, blank=True
    )
    clinics = models.ManyToManyField(Clinic, related_name="staff", blank=True)
    theme = models.CharField(
        max_length=5,
        choices=[("auto", "As the device"), ("light", "Light"), ("dark", "Dark")],
        default="auto",
    )

    password_is_temporary = models.BooleanField(
        default=False, editable=False, help_text="Nothing opens until it has been replaced."
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[EmailUserManager] = EmailUserManager()

    class Meta:
        ordering = ["last_name", "first_name"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_account_per_email"),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def has_role(self, *roles: str) -> bool:
        """Whether this account is active and holds one of the roles."""
        return self.is_active and not set(roles).isdisjoint(self.roles)

    @property
    def sees_all_clinics(self) -> bool:
        return self.has_role(Role.OWNER, Role.AUDITOR, Role.BILLER)

    def visible_clinics(self) -> models.QuerySet[Clinic]:
        """The clinics whose patients, appointments and claims this person may see."""
        if self.sees_all_clinics:
            return Clinic.objects.all()
        return self.clinics.all()


class Discipline(models.TextChoices):
    PT = "PT", "Physical therapy"
    OT = "OT", "Occupational therapy"
    SLP = "SLP", "Speech-language pathology"


class Therapist(models.Model):
    """Somebody who treats: a licensed therapist, an assistant, a physician, or a student, who has
    a placement instead of a license."""

    class Credential(models.TextChoices):
        PT = "PT", "PT"
        OT = "OT", "OT"
        SLP = "SLP", "SLP"
        PTA = "PTA", "PTA"
        OTA = "OTA", "OTA"
        MD = "MD", "MD"
        SPT = "SPT", "SPT (PT student)"
        OTS = "OTS", "OTS (OT student)"
        SPTA = "SPTA", "SPTA (PTA student)"
        OTAS = "OTAS", "OTAS (OTA student)"

    ASSISTANTS = (Credential.PTA, Credential.OTA)
    STUDENTS = (Credential.SPT, Credential.OTS, Credential.SPTA, Credential.OTAS)
    # What is left to the therapist: an assistant, and whoever studies to be one, may not evaluate.
    NEVER_EVALUATE = (*ASSISTANTS, Credential.SPTA, Credential.OTAS)
    SUPERVISED = (*ASSISTANTS, *STUDENTS)
    DISCIPLINE_OF: ClassVar[dict[str, str]] = {
        "PT": "PT",
        "PTA": "PT",
        "OT": "OT",
        "OTA": "OT",
        "SLP": "SLP",
        "MD": "PT",
        "SPT": "PT",
        "OTS": "OT",
        "SPTA": "PT",
        "OTAS": "OT",
    }

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="therapist")
    credential = models.CharField(max_length=4, choices=Credential.choices)
    npi = models.CharField("NPI", max_length=10, blank=True, validators=[validate_npi])
    taxonomy = models.CharField(max_length=10, blank=True, validators=[validate_taxonomy])
    licence_number = models.CharField(max_length=20, blank=True)
    licence_state = models.CharField(max_length=2, choices=STATE_CHOICES, blank=True)
    licence_expires_on = models.DateField(null=True, blank=True)  # only a student has none
    school = models.CharField(max_length=80, blank=True)
    placement_ends_on = models.DateField(null=True, blank=True)
    supervisor = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="assistants"
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["user__last_name", "user__first_name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(credential__in=["PTA", "OTA", "SPT", "OTS", "SPTA", "OTAS"])
                | ~models.Q(npi=""),
                name="a_rendering_therapist_has_an_npi",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    credential__in=["SPT", "OTS", "SPTA", "OTAS"],
                    placement_ends_on__isnull=False,
                    licence_expires_on=None,
                )
                | (
                    ~models.Q(credential__in=["SPT", "OTS", "SPTA", "OTAS"])
                    & models.Q(licence_expires_on__isnull=False, placement_ends_on=None)
                    & ~models.Q(licence_number="")
                ),
                name="a_student_has_a_placement_everybody_else_a_license",
            ),
            models.CheckConstraint(
                condition=~models.Q(credential__in=["SPT", "OTS", "SPTA", "OTAS"])
                | models.Q(supervisor__isnull=False),
                name="a_student_works_under_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(supervisor=models.F("id")), name="nobody_supervises_themselves"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user.get_full_name()}, {self.credential}"

    @property
    def discipline(self) -> str:
        return self.DISCIPLINE_OF[self.credential]

    @property
    def is_assistant(self) -> bool:
        return self.credential in self.ASSISTANTS

    @property
    def is_student(self) -> bool:
        return self.credential in self.STUDENTS

    @property
    def is_supervised(self) -> bool:
        """An assistant or a student: they sign, and a therapist answers for it."""
        return self.credential in self.SUPERVISED

    @property
    def may_evaluate(self) -> bool:
        return self.credential not in self.NEVER_EVALUATE

    @property
    def may_treat_until(self) -> dt.date:
        """The last day of the license, or of a student's placement."""
        last = self.placement_ends_on if self.is_student else self.licence_expires_on
        assert last is not None, "the database wants one of the two"
        return last

    def clean(self) -> None:
        problems = self._license_problems() | self._supervisor_problems()
        if not self.is_supervised and not self.npi:
            problems["npi"] = "A therapist who renders services needs an NPI."
        if problems:
            raise ValidationError(problems)

    def _license_problems(self) -> dict[str, str]:
        of_a_license = ("licence_number", "licence_state", "licence_expires_on")
        of_a_placement = ("school", "placement_ends_on")
        needed = of_a_placement if self.is_student else of_a_license
        refused = of_a_license if self.is_student else of_a_placement
        problems = {name: "This field is required." for name in needed if not getattr(self, name)}
        word = "A student has no license yet." if self.is_student else "Only a student has this."
        return problems | {name: word for name in refused if getattr(self, name)}

    def _supervisor_problems(self) -> dict[str, str]:
        supervisor = self.supervisor
        if supervisor is None:
            if not self.is_supervised:
                return {}
            who = "A student" if self.is_student else "An assistant"
            return {"supervisor": f"{who} works under a supervising therapist."}
        if supervisor.is_supervised:
            who = "A student" if supervisor.is_student else "An assistant"
            return {"supervisor": f"{who} cannot supervise."}
        if self.is_supervised and supervisor.discipline != self.discipline:
            return {"supervisor": f"{supervisor} is of another discipline."}
        return {}
