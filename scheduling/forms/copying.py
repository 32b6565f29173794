"""The form behind a copied appointment: a time, a therapist and a room; the rest is the first's."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from people.models import Therapist
from scheduling.forms.booking import WhenAndWhere
from scheduling.models import Appointment, Room


class CopyForm(WhenAndWhere):
    """Where a copy is put down. What is not said stays as in the appointment that was copied."""

    def __init__(self, *args: Any, appointment: Appointment, **kwargs: Any) -> None:
        super().__init__(*args, clinic=appointment.clinic, **kwargs)
        self.appointment = appointment
        del self.fields["equipment"]  # the copy uses what the first one used
        choices: Any = self.fields
        # Whom or what the first one has may be asked for; the verb says whether it still goes.
        choices["therapist"].queryset = Therapist.objects.filter(
            Q(pk__in=choices["therapist"].queryset.values("pk")) | Q(pk=appointment.therapist_id)
        ).select_related("user")
        if appointment.room is not None:
            choices["room"].queryset |= Room.objects.filter(pk=appointment.room.pk)

    def asked(self) -> dict[str, Any]:
        """What `booking.book` wants to know."""
        values = self.cleaned_data
        return {
            "patient": self.appointment.patient,
            "appointment_type": self.appointment.type,
            "clinic": self.clinic,
            "starts_at": values["starts_at"],
            "minutes": values["minutes"],
            "therapist": values["therapist"],
            "room": values["room"],
            "equipment": list(self.appointment.equipment.all()),
            "anyway": values["anyway"],
            "by": self.by,
        }
