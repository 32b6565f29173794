"""A process of its own that runs the servers of a folder until it is told to stop."""

import json
import os
import sys
import types
from pathlib import Path

# The package's own first file loads Celery, which takes longer than both servers together.
package = types.ModuleType("pt_practice")
package.__path__ = [str(Path(__file__).resolve().parents[3] / "pt_practice")]
sys.modules["pt_practice"] = package

from pt_practice.embedded import home  # noqa: E402 -- after the lines above
from pt_practice.embedded.say import CannotStart, Voice  # noqa: E402
from pt_practice.embedded.servers import Servers  # noqa: E402
from pt_practice.embedded.supervisor import StopAsked, Supervisor  # noqa: E402


def main(var: Path, elsewhere: Path | None) -> int:
    if elsewhere:
        home.ELSEWHERE = (elsewhere,)
    voice = Voice(sys.stderr)
    servers = Servers(var.parent, var, throwaway=False)
    try:
        servers.take()
        with Supervisor(voice) as supervisor:
            try:
                named = servers.start(supervisor, os.environ)
                numbers = {c.program.name: c.process.pid for c in supervisor.children}
                print(json.dumps({"named": named, "children": numbers}), flush=True)
                supervisor.watch()
            except StopAsked:
                pass
    except CannotStart as reason:
        print(json.dumps({"refused": str(reason)}), flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None))
