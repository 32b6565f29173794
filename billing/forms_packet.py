"""What is asked for in an audit packet: a stretch of days, or visits one by one."""

from __future__ import annotations

from typing import Any

from django import forms

from billing import packets
from billing.rules.words import spoken
from documentation.models import Episode, Visit
from web.forms import TidyForm

BY_DAYS, BY_VISITS = "days", "visits"


class PacketForm(TidyForm):
    made_for = forms.CharField(
        max_length=120,
        label="Made for",
        help_text="Who asked for it, and under which number. It stands on the first page.",
    )
    which = forms.ChoiceField(
        label="Visits",
        choices=[(BY_DAYS, "All between two days"), (BY_VISITS, "Those ticked below")],
        widget=forms.RadioSelect,
        initial=BY_DAYS,
    )
    starts_on = forms.DateField(label="From", required=False)
    ends_on = forms.DateField(label="To", required=False)
    visits = forms.MultipleChoiceField(
        label="Single visits", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, episode: Episode, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.episode = episode
        self.chosen: list[Visit] = []
        self.final = list(packets.final_visits(episode))
        self._by_id = {str(visit.pk): visit for visit in self.final}
        visits = self.fields["visits"]
        assert isinstance(visits, forms.MultipleChoiceField)
        visits.choices = [(pk, _called(visit)) for pk, visit in self._by_id.items()]
        if self.final:
            self.fields["starts_on"].initial = self.final[0].date_of_service
            self.fields["ends_on"].initial = self.final[-1].date_of_service

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("which") == BY_VISITS:
            self._choose_ticked(cleaned)
        else:
            self._choose_between(cleaned)
        return cleaned

    def _choose_ticked(self, cleaned: dict[str, Any]) -> None:
        self.chosen = [self._by_id[pk] for pk in cleaned.get("visits") or []]
        if not self.chosen and "visits" not in self.errors:
            self.add_error("visits", "Tick at least one visit.")

    def _choose_between(self, cleaned: dict[str, Any]) -> None:
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        for name, day in (("starts_on", first), ("ends_on", last)):
            if day is None and name not in self.errors:
                self.add_error(name, "Which day?")
        if first is None or last is None:
            return
        if last < first:
            self.add_error("ends_on", "This day lies before the first one.")
            return
        self.chosen = [visit for visit in self.final if first <= visit.date_of_service <= last]
        if not self.chosen:
            self.add_error("ends_on", "No visit with a final note lies between these days.")


def _called(visit: Visit) -> str:
    return f"{spoken(visit.date_of_service)}, {visit.note.get_kind_display()}"
