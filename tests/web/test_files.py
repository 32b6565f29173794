"""A file in the browser can do nothing: with which headers it leaves, and by one door alone."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

from tests.file_answers import file_headers, saved, saved_pdf, shown_pdf, shown_picture
from web.files import give, give_pdf

APPS = ("billing", "documentation", "people", "pt_practice", "scheduling", "web")
# Answers that are no files, though they say of what kind they are.
OTHERS = {
    "people/exports.py",  # comes in pieces, with the headers of web/files.py
    "people/views/hooks.py",  # what a provider of messages reads
    "scheduling/views/feeds.py",  # what a calendar program reads
    "web/files.py",
}


def sources() -> list[Path]:
    return [path for app in APPS for path in sorted((settings.BASE_DIR / app).rglob("*.py"))]


def name_of(path: Path) -> str:
    return path.relative_to(settings.BASE_DIR).as_posix()


@pytest.mark.parametrize("kind", ["image/jpeg", "image/png", "image/webp"])
def test_a_picture_is_shown_in_a_sandbox(kind):
    answer = give(b"x", content_type=kind, name="card.jpg")

    assert (answer.content, answer["Content-Type"]) == (b"x", kind)
    assert file_headers(answer) == shown_picture("card.jpg")


def test_a_pdf_is_shown_with_what_a_viewer_needs_and_no_more():
    answer = give_pdf(b"%PDF", name="note-1.pdf")

    assert (answer.content, answer["Content-Type"]) == (b"%PDF", "application/pdf")
    assert file_headers(answer) == shown_pdf("note-1.pdf")


def test_a_pdf_is_saved_where_that_is_asked_for():
    assert file_headers(give_pdf(b"%PDF", name="a.pdf", saved=True)) == saved_pdf("a.pdf")


@pytest.mark.parametrize(
    "kind", ["text/html", "image/svg+xml", "text/csv; charset=utf-8", "application/edi-x12", ""]
)
def test_what_a_browser_could_run_or_does_not_know_is_saved(kind):
    assert file_headers(give(b"x", content_type=kind, name="a.x")) == saved("a.x")


def test_a_name_cannot_add_a_header_or_end_its_quotes():
    answer = give(b"x", content_type="image/png", name='a"; x="é.png')

    assert answer["Content-Disposition"] == "inline; filename*=utf-8''a%22%3B%20x%3D%22%C3%A9.png"


def test_no_view_answers_with_a_file_by_itself():
    found = set()
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            names = {keyword.arg for keyword in node.keywords}
            if node.func.id == "FileResponse" or (
                node.func.id in {"HttpResponse", "StreamingHttpResponse"}
                and "content_type" in names
            ):
                found.add(name_of(path))

    assert found == OTHERS


def saying(word: str) -> set[str]:
    return {name_of(path) for path in sources() if word in path.read_text(encoding="utf-8")}


def test_no_view_says_by_itself_how_a_file_is_shown():
    assert saying("Content-Disposition") <= OTHERS


def test_no_view_is_exempt_from_policies():
    assert saying("csp_exempt") == set()
