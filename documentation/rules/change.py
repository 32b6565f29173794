"""Is a change more than measurement error, and does it matter to patients like this one?

There is no universal threshold. A published value counts only for the group it was found in and
for the baseline it was found at; where none fits, nothing is said. The group comes from the case:
its diagnoses, the days since onset and the age, or from the therapist who says otherwise.

Of several values that fit, the most specific group wins; within it a value read in the study
before a quoted one, 95 % confidence before 90 %, and then the larger, which claims less.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from documentation.rules.measures import (
    Basis,
    Better,
    Change,
    Kind,
    Series,
    groups_as_written,
    plain,
)


@dataclass(frozen=True)
class Group:
    """Patients alike enough that a study of them speaks for this one."""

    id: str
    label: str
    within: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()  # beginnings of ICD-10-CM codes
    first_day: int | None = None  # since onset
    last_day: int | None = None
    least_age: int | None = None

    @property
    def is_found(self) -> bool:
        """Whether the case can tell; else only the therapist can."""
        return bool(self.codes) or self.least_age is not None


@lru_cache(maxsize=1)
def groups() -> dict[str, Group]:
    """By key, the most specific first."""
    found = {}
    for row in groups_as_written():
        first, last = row.get("days_since_onset", (None, None))
        found[row["id"]] = Group(
            id=row["id"],
            label=row["label"],
            within=tuple(row["within"]),
            codes=tuple(row.get("codes", ())),
            first_day=first,
            last_day=last,
            least_age=row.get("least_age"),
        )
    return found


def groups_of(
    *,
    codes: Iterable[str],
    days_since_onset: int | None,
    age: int | None,
    chosen: str = "",
) -> tuple[str, ...]:
    """The groups a case belongs to, the most specific first. What the therapist chose comes with
    the groups it lies within, and with nothing else."""
    if chosen in groups():
        group = groups()[chosen]
        return (group.id, *group.within)
    known = tuple(codes)
    return tuple(
        group.id
        for group in groups().values()
        if group.is_found
        and (not group.codes or any(code.startswith(group.codes) for code in known))
        and _in_days(group, days_since_onset)
        and (group.least_age is None or (age is not None and age >= group.least_age))
    )


def _in_days(group: Group, days: int | None) -> bool:
    if group.first_day is None:
        return True
    if days is None or days < group.first_day:
        return False
    return group.last_day is None or days <= group.last_day


@dataclass(frozen=True)
class Fit:
    """A published value that speaks for this patient at this baseline."""

    change: Change
    low: Decimal
    high: Decimal

    @property
    def value_in_words(self) -> str:
        return (
            plain(self.low) if self.low == self.high else f"{plain(self.low)} to {plain(self.high)}"
        )

    @property
    def is_quoted(self) -> bool:
        return self.change.basis is Basis.QUOTED


def fitting(series: Series, kind: Kind, *, groups: Sequence[str], baseline: Decimal) -> Fit | None:
    """The value to use, or none."""
    fits = []
    for change in series.measure.changes:
        at = change.at(baseline)
        if (
            change.kind is kind
            and change.is_usable
            and change.group in groups
            and change.variant in ("", series.variant)
            and at is not None
        ):
            fits.append(Fit(change, *at))
    return min(fits, key=lambda fit: _order(fit, groups), default=None)


def _order(fit: Fit, groups: Sequence[str]) -> tuple[int, bool, bool, Decimal]:
    return (
        groups.index(fit.change.group),
        fit.change.basis is not Basis.READ,
        not fit.change.name.endswith("95"),
        -fit.high,
    )


@dataclass(frozen=True)
class Verdict:
    """What a change since the baseline is worth. `mdc` and `mcid` stay apart, and either may be
    missing: then nothing is said about it."""

    gain: Decimal  # positive is better, whichever way the measure runs
    mdc: Fit | None
    mcid: Fit | None

    @property
    def is_beyond_error(self) -> bool | None:
        """Better or worse by more than measurement error; None where no value fits."""
        return abs(self.gain) > self.mdc.high if self.mdc is not None else None

    @property
    def matters(self) -> bool | None:
        """Better by what patients call important; the larger end of a range counts."""
        return self.gain >= self.mcid.high if self.mcid is not None else None

    @property
    def tone(self) -> str:
        """ "better", "worse", "same" or nothing: never a color without a published value."""
        if self.is_beyond_error is None:
            return ""
        if not self.is_beyond_error:
            return "same"
        return "better" if self.gain > 0 else "worse"

    @property
    def in_words(self) -> str:
        said = []
        if self.mdc is not None:
            way = "better" if self.gain > 0 else "worse"
            said.append(
                f"{way.capitalize()} by more than measurement error ({self.mdc.change.name} "
                f"{self.mdc.value_in_words})."
                if self.is_beyond_error
                else f"Within measurement error ({self.mdc.change.name} {self.mdc.value_in_words})."
            )
        if self.mcid is not None:
            reach = "Reaches" if self.matters else "Does not reach"
            said.append(
                f"{reach} an important change ({self.mcid.change.name} {self.mcid.value_in_words})."
            )
        return " ".join(said) or "No published value fits this patient: no verdict."


def verdict(series: Series, *, baseline: Decimal, now: Decimal, groups: Sequence[str]) -> Verdict:
    """What the way from the baseline to now is worth for a patient of these groups."""
    return Verdict(
        gain=gain(series.better, baseline, now),
        mdc=fitting(series, Kind.MDC, groups=groups, baseline=baseline),
        mcid=fitting(series, Kind.MCID, groups=groups, baseline=baseline),
    )


def gain(better: Better, before: Decimal, now: Decimal) -> Decimal:
    """How much better it is now; negative is worse."""
    return now - before if better is Better.HIGHER else before - now
