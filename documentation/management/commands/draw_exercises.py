"""Draw the pictures of the exercise library anew: run it after a pose was changed."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from documentation.exercises import library

FOLDER = Path(settings.BASE_DIR) / "static" / "img" / "exercises"


class Command(BaseCommand):
    help = "Write static/img/exercises/*.svg from the poses in documentation/exercises/texts."

    def handle(self, *args: Any, **options: Any) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for file in FOLDER.glob("*.svg"):
            if file.stem not in library.exercises():
                file.unlink()
        for exercise in library.exercises().values():
            (FOLDER / f"{exercise.key}.svg").write_text(exercise.drawn(), encoding="utf-8")
        self.stdout.write(f"{len(library.exercises())} pictures drawn.")
