"""How a setting reaches the program: from the environment, or from a file the environment names.

Each reader stops at start-up with a sentence that says what to write; nothing is guessed.
"""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def flag(name: str, default: bool = False) -> bool:
    raw = text(name)
    if not raw:
        return default
    if raw.lower() in {"1", "true", "yes", "on"}:
        return True
    if raw.lower() in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is {raw!r}: write 1 or 0.")


def number(name: str, default: int) -> int:
    raw = text(name)
    if not raw:
        return default
    try:
        return int(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {raw!r}: write a whole number.") from None


def address(name: str, default: str = "") -> str:
    """An http:// or https:// address, without the slash at its end."""
    value = text(name, default).rstrip("/")
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ImproperlyConfigured(f"{name} is {value!r}: write an address such as https://…")
    return value


def names(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def optional_secret(name: str) -> str:
    """The value of NAME, or the content of the file that NAME_FILE names; empty without either."""
    file_name = text(f"{name}_FILE")
    return Path(file_name).read_text(encoding="utf-8").strip() if file_name else text(name)


def secret(name: str) -> str:
    """As `optional_secret`, and it must be there."""
    value = optional_secret(name)
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set: write a long random value, or a file's path in {name}_FILE."
        )
    return value


def database(name: str = "DATABASE_URL") -> dict[str, object]:
    """A Django database from postgres://user:password@host:port/name; host may be %2Fa%2Fsocket."""
    url = urlsplit(secret(name))
    if url.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"{name} must begin with postgres:// (it is {url.scheme!r}).")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(url.netloc.rsplit("@", 1)[-1].partition(":")[0]),
        "PORT": str(url.port or ""),
    }
