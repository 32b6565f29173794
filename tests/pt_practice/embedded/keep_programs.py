"""A process of its own with a supervisor over the shell commands it is given, as JSON."""

import json
import sys
import types
from pathlib import Path

# The package's own first file loads Celery, which these tests do not need.
package = types.ModuleType("pt_practice")
package.__path__ = [str(Path(__file__).resolve().parents[3] / "pt_practice")]
sys.modules["pt_practice"] = package

from pt_practice.embedded.processes import Program  # noqa: E402 -- after the lines above
from pt_practice.embedded.say import Voice  # noqa: E402
from pt_practice.embedded.supervisor import StopAsked, Supervisor  # noqa: E402


def main(folder: Path, wishes: list[dict]) -> int:
    with Supervisor(Voice()) as supervisor:
        try:
            for wish in wishes:
                program = Program(
                    name=wish["name"],
                    command=["/bin/sh", "-c", wish["script"]],
                    log=folder / f"{wish['name']}.log",
                    environment={"PATH": "/usr/bin:/bin"},
                    folder=folder,
                    is_server=wish.get("is_server", False),
                    patience=wish.get("patience", 5),
                )
                supervisor.start(program)
            print("started", flush=True)
            supervisor.watch()
        except StopAsked:
            return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), json.loads(sys.argv[2])))
