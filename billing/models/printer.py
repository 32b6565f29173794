"""A printer that lays text on pre-printed forms, and by how much it is off."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from people.models import Clinic, User

MOST_POINTS = 72  # an inch: more is the wrong tray, not a printer that is a little off


class FormPrinterQuerySet(models.QuerySet["FormPrinter"]):
    def visible_to(self, user: User) -> FormPrinterQuerySet:
        if user.sees_all_clinics:
            return self
        return self.filter(clinic__in=user.visible_clinics())


class FormPrinter(models.Model):
    """Where this clinic's printer must be moved to so that the text meets the form's boxes."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    right = models.DecimalField(
        "move to the right, points",
        max_digits=4,
        decimal_places=1,
        default=0,
        validators=[MinValueValidator(-MOST_POINTS), MaxValueValidator(MOST_POINTS)],
        help_text="72 points are an inch. A negative number moves to the left.",
    )
    down = models.DecimalField(
        "move down, points",
        max_digits=4,
        decimal_places=1,
        default=0,
        validators=[MinValueValidator(-MOST_POINTS), MaxValueValidator(MOST_POINTS)],
        help_text="A negative number moves up.",
    )

    objects = FormPrinterQuerySet.as_manager()

    class Meta:
        ordering = ["clinic", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "name"],
                name="one_form_printer_per_name",
                violation_error_message="This clinic has a printer of that name.",
            ),
            models.CheckConstraint(
                condition=Q(right__range=(-MOST_POINTS, MOST_POINTS))
                & Q(down__range=(-MOST_POINTS, MOST_POINTS)),
                name="a_form_printer_is_off_by_an_inch_at_most",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.clinic}"
