"""With which headers a file leaves, written out: what every view that gives one has to answer."""

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
NAMES = ("X-Content-Type-Options", "Content-Security-Policy", "Content-Disposition")


def file_headers(response) -> tuple[str, str, str]:
    sniff, policy, disposition = (response.headers.get(name, "") for name in NAMES)
    return sniff, policy, disposition


def shown_pdf(name: str) -> tuple[str, str, str]:
    return _pdf(f'inline; filename="{name}"')


def saved_pdf(name: str) -> tuple[str, str, str]:
    return _pdf(f'attachment; filename="{name}"')


def shown_picture(name: str) -> tuple[str, str, str]:
    return "nosniff", f"{NOTHING}; sandbox", f'inline; filename="{name}"'


def saved(name: str) -> tuple[str, str, str]:
    return "nosniff", f"{NOTHING}; sandbox", f'attachment; filename="{name}"'


def _pdf(disposition: str) -> tuple[str, str, str]:
    policy = f"{NOTHING}; style-src 'unsafe-inline'; object-src 'self'"
    return "nosniff", policy, disposition
