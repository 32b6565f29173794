"""How far ahead the practice wants to hear of what falls due."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models

from documentation.rules.clocks import Ahead


class LeadTimes(models.Model):
    """When a progress report, the end of a plan of care and that of a license begin to press."""

    report_visits = models.PositiveSmallIntegerField(
        "progress report, treatment days ahead",
        default=2,
        validators=[MaxValueValidator(9)],
        help_text="It is due with the tenth treatment day; so many before that it counts as soon.",
    )
    renewal_days = models.PositiveSmallIntegerField(
        "end of a plan of care, days ahead",
        default=14,
        validators=[MaxValueValidator(89)],
        help_text="What your referring providers take to answer. In its second half it is due now.",
    )
    license_days = models.PositiveSmallIntegerField(
        "end of a license, days ahead",
        default=60,
        validators=[MaxValueValidator(365)],
        help_text="What your state board takes to renew one.",
    )

    class Meta:
        verbose_name_plural = "lead times"
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="one_row_of_lead_times"),
        ]

    def __str__(self) -> str:
        return "lead times of what falls due"

    @classmethod
    def current(cls) -> LeadTimes:
        """The practice's lead times; the defaults until somebody has changed them."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @property
    def ahead(self) -> Ahead:
        return Ahead(
            report_visits=self.report_visits,
            renewal_days=self.renewal_days,
            license_days=self.license_days,
        )
