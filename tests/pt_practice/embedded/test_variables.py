"""`.env.example` names every variable that is read, and none that is not."""

import re
from itertools import pairwise
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
HOUSE = ("pt_practice", "billing", "documentation", "scheduling", "people", "web")
# What bin/run reads itself, beside what it passes on.
READ_BY_RUN = {"PORT", "HOST", "PT_DEMO"}


def read_by_the_code() -> set[str]:
    names = {"DATABASE_URL", "DATABASE_URL_FILE"}  # env.database reads them by default
    for package in HOUSE:
        for path in (PROJECT / package).rglob("*.py"):
            for reader, name in re.findall(
                r'\benv\.(text|flag|number|names|address|secret|optional_secret)\(\s*"([A-Z_]+)"',
                path.read_text("utf-8"),
            ):
                names |= {name, f"{name}_FILE"} if reader.endswith("secret") else {name}
    return names


def read_by_compose() -> set[str]:
    return set(re.findall(r"\$\{([A-Z_]+)", (PROJECT / "docker-compose.yml").read_text("utf-8")))


def test_the_example_lists_exactly_the_variables_that_are_read():
    example = (PROJECT / ".env.example").read_text("utf-8")

    listed = re.findall(r"^(?:# )?([A-Z_]+)=", example, re.MULTILINE)

    assert sorted(listed) == sorted(read_by_the_code() | read_by_compose() | READ_BY_RUN)


def test_the_example_says_something_about_each_variable():
    lines = (PROJECT / ".env.example").read_text("utf-8").splitlines()

    silent = [
        line
        for before, line in pairwise(lines)
        if re.match(r"(# )?[A-Z_]+=", line) and not before.startswith("# ")
    ]

    assert silent == []
