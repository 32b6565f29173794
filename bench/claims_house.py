"""The visits that claims are measured on: one made by hand, and copies as many as asked for."""

from __future__ import annotations

from typing import Any

from django.db import connection, models

from billing import claims
from billing.models import TradingPartner
from documentation.models import Episode, EpisodeDiagnosis, Note, PlanOfCare, TimedEntry, Visit
from people.models import Coverage, Patient, Role, User
from tests.billing.makers import make_fees, make_partner, make_payer, make_visit, sign
from tests.factories import UserFactory

CODES = (("97112", 24), ("97110", 16), ("97140", 13))
# From the one visit that is made by hand to its copies, parents first; and what differs in each.
COPIED: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = (
    (Patient, ("mrn",)),
    (Episode, ("patient",)),
    (EpisodeDiagnosis, ("episode",)),
    (PlanOfCare, ("episode",)),
    (Coverage, ("patient",)),
    (Visit, ("patient", "episode")),
    (TimedEntry, ("visit",)),
    (Note, ("visit",)),
)
PARENTS: dict[str, type[models.Model]] = {"patient": Patient, "episode": Episode, "visit": Visit}


class House:
    """One clinic, one payer, and signed visits as many as are asked for, a patient each."""

    def __init__(self) -> None:
        self.partner: TradingPartner = make_partner()
        make_fees()
        self.payer = make_payer(partner=self.partner)
        self.biller: User = UserFactory(roles=[Role.BILLER])
        visit = make_visit(*CODES, payer=self.payer)
        sign(visit)
        self.patterns = {model: list(model._default_manager.all()) for model, _ in COPIED}
        self.made = 0
        claims.draft_claim(visit)  # the first one loads code and rules; it stands in no measure

    def add_visits(self, count: int) -> list[Visit]:
        """So many copies of the first visit with all that hangs on it."""
        new: dict[type[models.Model], list[Any]] = {}
        for model, differs in COPIED:
            rows = []
            for pattern in self.patterns[model]:
                for number in range(count):
                    rows.append(self._copy(pattern, differs, number, new))
            new[model] = list(model._default_manager.bulk_create(rows, batch_size=1000))
        self.made += count
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        return new[Visit]

    def _copy(
        self,
        pattern: models.Model,
        differs: tuple[str, ...],
        number: int,
        new: dict[type[models.Model], list[Any]],
    ) -> models.Model:
        values = {f.attname: getattr(pattern, f.attname) for f in pattern._meta.concrete_fields}
        del values["id"]
        if isinstance(pattern, TimedEntry):
            del values["key"]  # each has its own
        row = type(pattern)(**values)
        for name in differs:
            if name == "mrn":
                row.mrn = f"B{self.made + number:07d}"  # type: ignore[attr-defined]
            else:
                setattr(row, name, new[PARENTS[name]][number])
        return row
