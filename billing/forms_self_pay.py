"""What is asked for on a superbill, and what an estimate expects of the planned visits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils import timezone

from billing import estimates, superbill_content, superbills
from billing.estimate_content import NoPrice, Plan, cost
from billing.estimates import Compared
from billing.models import Estimate, EstimateRule
from billing.policies import fees_on
from billing.rules.estimates import months_after
from billing.rules.words import spoken
from documentation.models import Episode, ProcedureCode, Visit
from people.models import Patient
from scheduling.models import Appointment, AppointmentType
from web.forms import TidyForm, TidyModelForm
from web.templatetags.pt import money

ROWS = 4  # services of a visit
MOST_MORE = 60
BY_DAYS, BY_VISITS = "days", "visits"


class SuperbillForm(TidyForm):
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
    seen_over = forms.BooleanField(
        label="I have seen that this bill outgrows its estimate, and why", required=False
    )

    def __init__(self, *args: Any, patient: Patient, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen: list[Visit] = []
        self.compared: list[Compared] = []
        found = superbills.candidates(patient)
        self.free = [one.visit for one in found if not one.refusal]
        self.refused = [one for one in found if one.refusal]
        self._by_id = {str(visit.pk): visit for visit in self.free}
        visits = self.fields["visits"]
        assert isinstance(visits, forms.MultipleChoiceField)
        visits.choices = [(pk, called(visit)) for pk, visit in self._by_id.items()]
        if self.free:
            self.fields["starts_on"].initial = self.free[-1].date_of_service
            self.fields["ends_on"].initial = self.free[0].date_of_service

    @property
    def over(self) -> list[Compared]:
        return [each for each in self.compared if each.is_over]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("which") == BY_VISITS:
            self._choose_ticked(cleaned)
        else:
            self._choose_between(cleaned)
        if len(self.chosen) > superbills.MOST_VISITS:
            self.add_error(
                None, f"A superbill holds {superbills.MOST_VISITS} visits at most: make two of it."
            )
        if self.chosen and not self.errors:
            self._price(cleaned)
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
        self.chosen = [visit for visit in self.free if first <= visit.date_of_service <= last]
        if not self.chosen:
            self.add_error("ends_on", "No visit that could stand on it lies between these days.")

    def _price(self, cleaned: dict[str, Any]) -> None:
        charged = [superbill_content.charge(visit) for visit in self.chosen]
        for one in charged:
            if one.refusal:
                self.add_error(None, f"{called(one.visit)}: {one.refusal}")
        if self.errors:
            return
        self.compared = estimates.compare({one.visit: one.total for one in charged})
        if self.over and not cleaned.get("seen_over"):
            self.add_error("seen_over", "Look at the difference first, then tick this.")


def called(visit: Visit) -> str:
    return f"{spoken(visit.date_of_service)}, {visit.therapist}"


class TakeBackForm(TidyForm):
    reason = forms.CharField(max_length=120, label="Why it is taken back")


@dataclass(frozen=True)
class ServiceRow:
    code: BoundField
    units: BoundField


@dataclass(frozen=True)
class GroupFields:
    """The fields of one kind of visit: which of them, and what each of them is."""

    title: str
    visits: BoundField | None
    rows: list[ServiceRow]


class EstimateForm(TidyForm):
    """Booked visits by type, perhaps some more that are not booked yet, and the services of a visit
    of each type. A newer estimate begins with what the older one said."""

    primary = forms.CharField(
        max_length=120,
        label="What it is mainly for",
        help_text="In the patient's words, such as “Physical therapy for balance”.",
    )
    episode = forms.ModelChoiceField(
        queryset=Episode.objects.none(),
        required=False,
        label="Case",
        help_text="Its diagnoses stand on the estimate.",
        empty_label="None yet: diagnosed at the first visit",
    )
    more_visits = forms.IntegerField(
        min_value=0, max_value=MOST_MORE, required=False, label="More visits, not booked yet"
    )
    more_type = forms.ModelChoiceField(
        AppointmentType.objects.all(), required=False, label="Of this type", empty_label="Choose"
    )
    more_until = forms.DateField(required=False, label="Until")
    separate = forms.CharField(
        required=False,
        max_length=600,
        label="To be scheduled separately",
        widget=forms.Textarea,
        help_text="One thing a line: what else may be needed that this estimate does not price.",
    )

    def __init__(
        self, *args: Any, patient: Patient, replaces: Estimate | None = None, **kwargs: Any
    ) -> None:
        said = replaces.content if replaces is not None else {}
        asked = said.get("asked", {})
        kwargs.setdefault("initial", {}).update(_initial(said, asked))
        super().__init__(*args, **kwargs)
        self.patient = patient
        self.today = timezone.localdate(timezone=patient.clinic.zone)
        self.rule: EstimateRule = estimates.rule_on(self.today)
        self.booked = estimates.bookable(patient, replaces=replaces)
        self.types = {visit.type_id: visit.type for visit in self.booked}
        self.plan: Plan | None = None
        cases: Any = self.fields["episode"]
        cases.queryset = Episode.objects.filter(
            patient__in=Patient.objects.same_person(patient.pk)
        ).select_related("therapist__user")
        if replaces is None and len(cases.queryset) == 1:
            cases.initial = cases.queryset[0].pk
        self._before = _services_before(asked)
        more_type = str(asked.get("more_type"))
        if more_type in self._before and int(more_type) not in self.types:
            self._before["more"] = self._before[more_type]
        prices = fees_on(None, self.today)
        self._codes = [
            (code, f"{code} {label}, {money(prices[code])}")
            for code, label in ProcedureCode.objects.filter(
                is_active=True, code__in=prices
            ).values_list("code", "label")
        ]
        for kind in self.types:
            self._add_group(str(kind), [v for v in self.booked if v.type_id == kind])
        self._add_group("more", [])

    def _add_group(self, key: str, visits: Sequence[Appointment]) -> None:
        if visits:
            self.fields[f"visits_{key}"] = forms.MultipleChoiceField(
                label="Visits",
                required=False,
                widget=forms.CheckboxSelectMultiple,
                choices=[(str(visit.pk), _when(visit)) for visit in visits],
                initial=[str(visit.pk) for visit in visits],
            )
        before = self._before.get(key, [])
        for n in range(self._rows_of(key)):
            code, units = before[n] if n < len(before) else ("", 1)
            self.fields[f"code_{key}_{n}"] = forms.ChoiceField(
                label=f"Service {n + 1}",
                required=False,
                choices=[("", "None"), *self._codes],
                initial=code,
            )
            self.fields[f"units_{key}_{n}"] = forms.IntegerField(
                label="Units", min_value=1, max_value=20, required=False, initial=units
            )

    def _rows_of(self, key: str) -> int:
        return max(ROWS, len(self._before.get(key, ())) + 1)

    def _row_names(self, key: str) -> list[tuple[str, str]]:
        return [(f"code_{key}_{n}", f"units_{key}_{n}") for n in range(self._rows_of(key))]

    @property
    def groups(self) -> list[GroupFields]:
        return [self._fields_of(str(kind), named.name) for kind, named in self.types.items()]

    @property
    def more(self) -> GroupFields:
        return self._fields_of("more", "")

    def _fields_of(self, key: str, title: str) -> GroupFields:
        return GroupFields(
            title=title,
            visits=self[f"visits_{key}"] if f"visits_{key}" in self.fields else None,
            rows=[ServiceRow(self[code], self[units]) for code, units in self._row_names(key)],
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chosen, services = self._booked(cleaned)
        more = self._more(cleaned, services)
        if not chosen and not more:
            self.add_error(None, "Choose a booked visit, or say how many more are expected.")
        self._bound(chosen, cleaned.get("more_until") if more else None)
        if self.errors:
            return cleaned
        self.plan = Plan(
            primary=cleaned["primary"],
            appointments=chosen,
            services=services,
            episode=cleaned.get("episode"),
            more_visits=more,
            more_type=cleaned.get("more_type") if more else None,
            more_until=cleaned.get("more_until") if more else None,
            separate=cleaned.get("separate", ""),
        )
        try:
            cost(self.plan)
        except NoPrice as error:
            self.add_error(None, str(error))
        return cleaned

    def _booked(
        self, cleaned: dict[str, Any]
    ) -> tuple[list[Appointment], dict[int, tuple[tuple[str, int], ...]]]:
        chosen: list[Appointment] = []
        services: dict[int, tuple[tuple[str, int], ...]] = {}
        for kind in self.types:
            ticked = set(cleaned.get(f"visits_{kind}") or ())
            visits = [visit for visit in self.booked if str(visit.pk) in ticked]
            if not visits:
                continue
            chosen += visits
            services[kind] = self._services(cleaned, str(kind))
            if not services[kind]:
                self.add_error(f"code_{kind}_0", "Which services does a visit of this type have?")
        return chosen, services

    def _more(
        self, cleaned: dict[str, Any], services: dict[int, tuple[tuple[str, int], ...]]
    ) -> int:
        more = cleaned.get("more_visits") or 0
        if not more:
            return 0
        kind = cleaned.get("more_type")
        if kind is None and "more_type" not in self.errors:
            self.add_error("more_type", "Of which type are they?")
        if cleaned.get("more_until") is None and "more_until" not in self.errors:
            self.add_error("more_until", "Until when?")
        if kind is None:
            return int(more)
        own = self._services(cleaned, "more")
        if own and kind.pk in services and own != services[kind.pk]:
            self.add_error(
                "code_more_0",
                "The booked visits of this type have other services: leave these empty, or choose "
                "another type.",
            )
        services.setdefault(kind.pk, own)
        if not services[kind.pk]:
            self.add_error("code_more_0", "Which services does such a visit have?")
        return int(more)

    def _services(self, cleaned: dict[str, Any], key: str) -> tuple[tuple[str, int], ...]:
        units: dict[str, int] = {}
        for code_name, units_name in self._row_names(key):
            code = cleaned.get(code_name)
            if not code:
                continue
            if code in units:
                self.add_error(code_name, "This code stands there already: raise its units.")
            units[code] = cleaned.get(units_name) or 1
        return tuple(units.items())

    def _bound(self, chosen: Sequence[Appointment], until: dt.date | None) -> None:
        """The rule's horizon; a visit beyond it is for a later estimate."""
        last = months_after(self.today, self.rule.most_months)
        words = f"An estimate reaches {self.rule.most_months} months at most: to {spoken(last)}."
        if until is not None and until > last:
            self.add_error("more_until", words)
        elif until is not None and until < self.today:
            self.add_error("more_until", "This day has passed.")
        for visit in chosen:
            if visit.starts_at.astimezone(visit.clinic.zone).date() > last:
                self.add_error(f"visits_{visit.type_id}", words)
                break


def _initial(said: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    if not said:
        return {"more_visits": 0}
    return {
        "primary": said["primary"],
        "episode": asked["episode"],
        "more_visits": asked["more_visits"],
        "more_type": asked["more_type"],
        "more_until": asked["more_until"],
        "separate": "\n".join(said["separate"]),
    }


def _services_before(asked: dict[str, Any]) -> dict[str, list[tuple[str, int]]]:
    """What a visit of each type was taken for: in the estimate that is replaced, else in the one
    that the practice issued last for such visits."""
    before: dict[str, list[tuple[str, int]]] = {}
    contents = [{"asked": asked}] if asked else []
    recent = Estimate.objects.order_by("-issued_at", "-pk").values_list("content", flat=True)
    for content in [*contents, *recent[:20]]:
        for kind, services in content["asked"]["services"].items():
            before.setdefault(kind, [(code, units) for code, units in services])
    return before


def _when(visit: Appointment) -> str:
    local = visit.starts_at.astimezone(visit.clinic.zone)
    return f"{local:%a, %b} {local.day}, {local.year}, {visit.therapist}"


class EstimateRuleForm(TidyModelForm):
    class Meta:
        model = EstimateRule
        fields = (
            "effective_from",
            "effective_to",
            "near_from_days",
            "near_within_days",
            "far_from_days",
            "far_within_days",
            "asked_within_days",
            "dispute_over",
            "dispute_days",
            "dispute_where",
            "most_months",
            "source",
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("effective_from"), cleaned.get("effective_to")
        if first and last and last < first:
            self.add_error("effective_to", "The end lies before the start.")
        return cleaned


class BirthDateForm(TidyForm):
    birth_date = forms.DateField(
        label="The patient's date of birth",
        help_text="So that nobody else reads it.",
        error_messages={"required": "Enter the date of birth."},
    )
