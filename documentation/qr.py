"""A square to point a phone at, inside a page that may fetch nothing."""

from __future__ import annotations

import base64
import io

import segno


def qr_of(address: str) -> str:
    """The address as a QR code, as a data address for an image."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", scale=4, border=2)
    return as_data(out.getvalue())


def as_data(svg: bytes) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode()
