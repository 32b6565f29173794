"""Whether the collected static files are still those that the project would collect now."""

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

# Beside the files themselves: what decides which ones are taken and how they are named.
DECIDED_BY = ("requirements.txt", "pt_practice/settings.py", "web/static_files.py")
FLAGS = ("DEBUG", "STATIC_UNHASHED")


class StaticFiles:
    def __init__(self, project: Path) -> None:
        self.project = project
        self.folder = project / "var" / "static"
        self.stamp = project / "var" / "static-files"

    def changed(self, environment: Mapping[str, str]) -> bool:
        with suppress(FileNotFoundError):
            done = self.stamp.read_text(encoding="utf-8")
            return not self.folder.is_dir() or done != self.digest(environment)
        return True

    def note_collected(self, environment: Mapping[str, str]) -> None:
        self.stamp.write_text(self.digest(environment), encoding="utf-8")

    def digest(self, environment: Mapping[str, str]) -> str:
        digest = hashlib.sha256()
        for name in FLAGS:
            digest.update(b"1" if environment.get(name, "") not in ("", "0") else b"0")
        for name in DECIDED_BY:
            with suppress(FileNotFoundError):
                digest.update((self.project / name).read_bytes())
        packages = self.project / "node_modules" / ".installed"
        for path in (packages, *sorted((self.project / "static").rglob("*"))):
            status = path.stat()
            digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\0".encode())
        return digest.hexdigest()
