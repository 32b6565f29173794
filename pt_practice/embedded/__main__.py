"""The door of bin/run and bin/test, once their Python packages are installed."""

import os
import sys
from pathlib import Path

from pt_practice.embedded.checks import Checks
from pt_practice.embedded.local import Local
from pt_practice.embedded.requirements import NotInstalled
from pt_practice.embedded.say import CannotStart, Voice

PROJECT = Path(__file__).resolve().parents[2]


def main(purpose: str, arguments: list[str]) -> int:
    voice = Voice(sys.stderr if purpose == "run" and arguments else sys.stdout)
    try:
        if purpose == "test":
            return Checks(PROJECT, voice).run(arguments)
        local = Local(PROJECT, voice)
        if arguments:
            return local.beside(arguments, Path(os.environ.get("CALLED_FROM", PROJECT)))
        local.serve()
    except (CannotStart, NotInstalled) as reason:
        voice.say(f"PT Practice cannot start: {reason}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
