"""From which day does a file of CMS hold, by its name? And which quarter is a day in?"""

import re
from datetime import date

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
V322 = 2026 * 4 + 2  # ccipra-v322r0 is the third quarter of 2026; each quarter counts one on


def start_in_name(name: str) -> date | None:
    """The first day the file holds, where its name says so; CMS's own names do."""
    plain = name.casefold()
    if match := re.search(r"\bv([0-9]{3})r[0-9]", plain):
        quarter = V322 + int(match[1]) - 322
        return date(quarter // 4, quarter % 4 * 3 + 1, 1)
    if match := re.search(r"([01][0-9])-([0-3][0-9])-(20[0-9]{2})", plain):
        try:
            return date(int(match[3]), int(match[1]), int(match[2]))
        except ValueError:
            return None
    if match := re.search(r"(?:pprrvu|gpci|rvu)_?(20[0-9]{2}|[0-9]{2})(?![0-9])", plain):
        year = int(match[1]) % 100 + 2000
        month = next((n for n, word in enumerate(MONTHS, 1) if f"_{word}" in plain), 1)
        return date(year, month, 1)
    return None


def first_of_quarter(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def quarter_name(day: date) -> str:
    return f"{day.year}Q{(day.month - 1) // 3 + 1}"
