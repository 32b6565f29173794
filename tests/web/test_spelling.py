"""What stands on a page, in a message or on paper is spelt as American clinics spell it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("web", "people", "scheduling", "documentation", "billing", "pt_practice")
BRITISH = re.compile(
    r"\b\w*(?:licence|uthoris|programme\b|olour|ecognis|rganis|obilis|ummaris|avourit|ehaviour)\w*",
    re.IGNORECASE,
)
# What a template computes, and what only the browser reads.
NOT_READ = re.compile(
    r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|\b(?:class|id|for|name|href|aria-\w+by|data-\S+?)=\"[^\"]*\""
)


def words_of_template(text: str) -> Iterator[str]:
    yield NOT_READ.sub(" ", text)
    for tag in re.findall(r"\{% (?:include|icon).*?%\}", text):
        yield from (quoted for quoted in re.findall(r"\"([^\"]*)\"", tag) if " " in quoted)


def words_of_code(text: str) -> Iterator[str]:
    """String literals that somebody may read: those with a blank or a capital, no docstrings."""
    tree = ast.parse(text)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if id(node) not in docstrings and (" " in text or text[:1].isupper()):
                yield text


def sources() -> Iterator[Path]:
    yield from sorted((ROOT / "templates").rglob("*.html"))
    yield from sorted((ROOT / "templates").rglob("*.txt"))
    for app in APPS:
        yield from (p for p in sorted((ROOT / app).rglob("*.py")) if "migrations" not in p.parts)


def test_no_page_or_message_is_spelt_the_british_way():
    found = {}
    for path in sources():
        text = path.read_text(encoding="utf-8")
        words = words_of_code(text) if path.suffix == ".py" else words_of_template(text)
        if british := sorted({hit for part in words for hit in BRITISH.findall(part)}):
            found[str(path.relative_to(ROOT))] = british

    assert found == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<p id="licence-title">License</p>', []),
        ("<p>Your licence ends.</p>", ["licence"]),
        ('{% include "a.html" with text="No programme yet" only %}', ["programme"]),
        ("{{ person.licence_state }}", []),
    ],
)
def test_the_reader_of_templates_sees_what_a_person_reads(text, expected):
    assert [hit for part in words_of_template(text) for hit in BRITISH.findall(part)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"""About a licence."""\nx = "licence"', []),
        ('told = f"The licence of {who} ended."', ["licence"]),
    ],
)
def test_the_reader_of_code_sees_messages_and_no_names(text, expected):
    assert [hit for part in words_of_code(text) for hit in BRITISH.findall(part)] == expected
