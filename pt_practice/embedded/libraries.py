"""What Python packages cannot bring: Pango for PDF notes, and Chromium for the browser tests.

Root gets them with apt. Without root the packages are fetched with apt and unpacked under var/,
where only our own processes look.
"""

import html
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from pt_practice.embedded.requirements import call
from pt_practice.embedded.say import Voice

PANGO = (
    "libgobject-2.0.so.0",
    "libpango-1.0.so.0",
    "libpangoft2-1.0.so.0",
    "libharfbuzz.so.0",
    "libharfbuzz-subset.so.0",
    "libfontconfig.so.1",
)
# Debian's and Ubuntu's names.
PANGO_PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
FONT_PACKAGES = ("fonts-dejavu-core",)
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def has_libraries(environment: Mapping[str, str] | None = None) -> bool:
    """Asked in a process of its own: the loader reads LD_LIBRARY_PATH when a process begins."""
    question = f"import ctypes; [ctypes.CDLL(name) for name in {PANGO!r}]"
    return call(sys.executable, "-c", question, env=environment).returncode == 0


def has_font(*more: Path) -> bool:
    folders = [Path(folder).expanduser() for folder in FONT_FOLDERS] + list(more)
    return any(
        path.suffix.lower() in {".ttf", ".otf", ".ttc"}
        for folder in folders
        for path in folder.rglob("*")
    )


def apt(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    return call("apt-get", *arguments, env=quiet, cwd=cwd)


def install_as_root(packages: tuple[str, ...]) -> bool:
    """A new machine has no package lists yet; they are fetched when the first try fails."""
    command = ("install", "-y", "-qq", "--no-install-recommends", *packages)
    if apt(*command).returncode == 0:
        return True
    return apt("update", "-qq").returncode == 0 and apt(*command).returncode == 0


def unpack(packages: tuple[str, ...], folder: Path) -> bool:
    """Fetch the packages the machine lacks and unpack them into the folder; needs no rights."""
    work = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(work, ignore_errors=True)
    (work / "lists" / "partial").mkdir(parents=True)
    no_lock = ("-o", "Debug::NoLocking=1")
    own_lists = (*no_lock, "-o", f"Dir::State::lists={work / 'lists'}", "-o", f"Dir::Cache={work}")
    for lists in (no_lock, own_lists):
        if lists is own_lists and apt(*lists, "update", "-qq").returncode:
            break
        plan = apt(*lists, "install", "--simulate", "-qq", "--no-install-recommends", *packages)
        names = re.findall(r"^Inst (\S+)", plan.stdout, re.MULTILINE)
        if plan.returncode or not names:
            continue
        fetched = apt(*lists, "download", "-qq", *names, cwd=work)
        archives = sorted(work.glob("*.deb"))
        if fetched.returncode or len(archives) < len(names):
            continue
        for archive in archives:
            if call("dpkg", "-x", archive, work / "unpacked").returncode:
                return False
        shutil.rmtree(folder, ignore_errors=True)
        (work / "unpacked").rename(folder)
        shutil.rmtree(work)
        return True
    shutil.rmtree(work, ignore_errors=True)
    return False


def variables_for(folder: Path) -> dict[str, str]:
    """How a process finds the libraries and fonts that were unpacked there."""
    libraries = sorted(folder.glob("usr/lib/*-linux-*"))
    before = os.environ.get("LD_LIBRARY_PATH")
    paths = [*map(str, libraries), *([before] if before else [])]
    return {"LD_LIBRARY_PATH": os.pathsep.join(paths), "FONTCONFIG_FILE": str(fonts_of(folder))}


def fonts_of(folder: Path) -> Path:
    """fontconfig reads /etc/fonts; unpacked fonts need a file that names their place."""
    place = folder / "fonts.conf"
    folders = [*FONT_FOLDERS[:2], str(folder / "usr/share/fonts")]
    families = {"sans-serif": "Sans", "serif": "Serif", "monospace": "Sans Mono"}
    lines = [f"<dir>{html.escape(path)}</dir>" for path in folders]
    lines.append(f"<cachedir>{html.escape(str(folder / 'cache'))}</cachedir>")
    lines += [
        f"<alias><family>{wanted}</family><prefer><family>DejaVu {kind}</family></prefer></alias>"
        for wanted, kind in families.items()
    ]
    text = "\n".join(['<?xml version="1.0"?>', "<fontconfig>", *lines, "</fontconfig>", ""])
    place.write_text(text, encoding="utf-8")
    return place


def environment_for_pdf(var: Path, voice: Voice) -> dict[str, str]:
    """Variables under which WeasyPrint works; empty when the machine has all, or when it cannot be.

    Without Pango everything but PDF notes works, so this never stops the start.
    """
    if has_libraries() and has_font():
        return {}
    wanted = (*PANGO_PACKAGES, *FONT_PACKAGES)
    if shutil.which("apt-get"):
        if os.geteuid() == 0:
            voice.say("  Installing Pango for PDF notes")
            if install_as_root(wanted) and has_libraries():
                return {}
        else:
            folder = var / "pango"
            if not folder.exists():
                voice.say("  Unpacking Pango for PDF notes into var/")
                unpack(wanted, folder)
            if folder.exists():
                own = variables_for(folder)
                if has_libraries({**os.environ, **own}):
                    return own
    voice.say(
        "  PDF notes will wait: this machine has no Pango or no font; everything else works. "
        f"On Debian or Ubuntu: apt-get install {' '.join(wanted)}"
    )
    return {}


def browser(voice: Voice) -> str | None:
    """A Chromium that starts. Ubuntu's package of that name is only a pointer to a snap."""
    for second_try in (False, True):
        for path in filter(None, map(shutil.which, BROWSERS)):
            if call(path, "--version").returncode == 0:
                return path
        if second_try or os.geteuid() != 0 or not shutil.which("apt-get"):
            break
        voice.say("  Installing Chromium for the browser tests")
        install_as_root(("chromium",))
    voice.say("  No Chromium on this machine: the browser tests are skipped.")
    return None
