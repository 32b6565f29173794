"""Which style, script and font files are served, and under which names.

Of each front-end package only what pages load, from where the lock file installs it: a package
brings hundreds of files more (other editions, demos) that would be hashed and compressed at every
set-up, and whose broken references to each other would stop it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Names that change with the content, so that browsers may keep files for good and never mix
    two releases: also where one module imports another. Source maps are not served."""

    support_js_module_import_aggregation = True
    patterns = tuple(
        (
            extension,
            tuple(pattern for pattern in patterns if "sourceMappingURL" not in str(pattern)),
        )
        for extension, patterns in CompressedManifestStaticFilesStorage.patterns
    )


def folder_of(place: Path | str) -> Path:
    """A folder as it is; or one inside an installed Python package: "package/folder/in/it"."""
    if isinstance(place, Path):
        return place
    package, _, inside = place.partition("/")
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ImproperlyConfigured(f"VENDOR_FILES names {package!r}, which is not installed.")
    return Path(spec.submodule_search_locations[0], inside)


class VendorFinder(BaseFinder):
    """Finds `settings.VENDOR_FILES`: {prefix: (folder, patterns of the files used)}."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.packages: list[tuple[str, Path, set[str]]] = []
        vendor: dict[str, tuple[Path | str, list[str]]] = dict(settings.VENDOR_FILES)
        for prefix, (place, patterns) in vendor.items():
            folder = folder_of(place)
            used = {
                path.relative_to(folder).as_posix()
                for pattern in patterns
                for path in folder.glob(pattern)
            }
            self.packages.append((prefix, folder, used))

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        return [
            checks.Warning(
                f"{folder} holds none of the files that pages load.",
                hint="Install the front-end packages: npm ci.",
                id="web.W001",
            )
            for _, folder, used in self.packages
            if not used
        ]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        found = [
            str(folder / name)
            for prefix, folder, used in self.packages
            for name in [path.removeprefix(f"{prefix}/")]
            if path.startswith(f"{prefix}/") and name in used
        ]
        if find_all:
            return found
        return found[0] if found else []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        for prefix, folder, used in self.packages:
            storage = FileSystemStorage(location=str(folder))
            storage.prefix = prefix  # type: ignore[attr-defined]
            for name in sorted(used):
                yield name, storage
