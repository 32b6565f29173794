"""Of each package only what pages load is served, under names that change with the content."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile

from web.static_files import HashedFiles, VendorFinder


@pytest.fixture
def package(tmp_path, settings):
    for name in ("dist/kit.min.js", "dist/kit.js", "dist/demo/demo.min.js", "secret.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    settings.VENDOR_FILES = {"vendor/kit": (tmp_path / "dist", ["*.min.js"])}
    return tmp_path


def test_a_file_that_is_named_is_found_under_its_prefix(package):
    finder = VendorFinder()

    assert finder.find("vendor/kit/kit.min.js") == str(package / "dist" / "kit.min.js")
    assert finder.find("vendor/kit/kit.min.js", find_all=True) == [
        str(package / "dist" / "kit.min.js")
    ]


@pytest.mark.parametrize(
    "path",
    ["vendor/kit/kit.js", "vendor/kit/demo/demo.min.js", "vendor/kit/../secret.txt", "kit.min.js"],
)
def test_nothing_else_of_a_package_is_served(package, path):
    assert VendorFinder().find(path) == []


def test_collecting_takes_the_same_files_as_serving(package):
    assert [(storage.prefix, name) for name, storage in VendorFinder().list([])] == [
        ("vendor/kit", "kit.min.js")
    ]


def test_a_package_that_is_not_installed_is_named_in_one_sentence(settings, tmp_path):
    settings.VENDOR_FILES = {"vendor/kit": (tmp_path / "missing", ["*.js"])}

    (warning,) = VendorFinder().check()

    assert (warning.id, warning.msg, warning.hint) == (
        "web.W001",
        f"{tmp_path / 'missing'} holds none of the files that pages load.",
        "Install the front-end packages: npm ci.",
    )


def test_every_file_that_a_template_names_is_there():
    named = set()
    for template in (Path(settings.BASE_DIR) / "templates").rglob("*.html"):
        named |= set(re.findall(r"""{%\s*static\s+["']([^"']+)["']\s*%}""", template.read_text()))

    assert len(named) > 10
    assert sorted(name for name in named if finders.find(name) is None) == []


def test_a_module_imports_the_release_of_another_that_it_was_made_with(tmp_path):
    storage = HashedFiles(location=str(tmp_path))
    contents = {
        "day.js": b'import { draw } from "./draw.js";\ndraw();\n',
        "draw.js": b"export function draw() {}\n",
        "kit.min.css": b"a{color:red}\n/*# sourceMappingURL=kit.map */\n",
    }
    for name, content in contents.items():
        storage.save(name, ContentFile(content))

    outcomes = storage.post_process({name: (storage, name) for name in contents})
    problems = [outcome for _, _, outcome in outcomes if isinstance(outcome, Exception)]

    draw = storage.stored_name("draw.js")
    day = (tmp_path / storage.stored_name("day.js")).read_text()
    assert problems == []
    assert draw != "draw.js"
    assert day == f'import {{ draw }} from "./{draw}";\ndraw();\n'
