"""How billing puts a day into words: findings, papers, versions, rule data."""

from datetime import date


def spoken(day: date) -> str:
    """Oct 20, 2026, as every page writes a day."""
    return f"{day:%b} {day.day}, {day.year}"
