"""A process of its own that does what `bin/run` does, for a project folder that a test made."""

import os
import sys
import types
from pathlib import Path

# The project under test has a package of the same name; only ours has this part.
package = types.ModuleType("pt_practice")
package.__path__ = [str(Path(__file__).resolve().parents[3] / "pt_practice")]
sys.modules["pt_practice"] = package

from pt_practice.embedded import local as local_module  # noqa: E402 -- after the lines above
from pt_practice.embedded.local import Local  # noqa: E402
from pt_practice.embedded.say import CannotStart, Voice  # noqa: E402
from pt_practice.embedded.servers import make_var  # noqa: E402
from pt_practice.embedded.supervisor import Supervisor  # noqa: E402

# A test installs nothing on the machine.
local_module.environment_for_pdf = lambda var, voice: {}


def prepare(local: Local) -> None:
    """The steps before the first page, without servers."""
    make_var(local.var)
    with Supervisor(local.voice) as supervisor:
        local.environment = local.complete()
        local.prepare(supervisor)


def main(project: Path, mode: str, command: list[str]) -> int:
    local = Local(project, Voice(sys.stderr if command else sys.stdout))
    try:
        if command:
            return local.beside(command, Path(os.getcwd()))
        if mode == "prepare":
            prepare(local)
        else:
            local.serve()
    except CannotStart as reason:
        local.voice.say(f"cannot start: {reason}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:]))
