"""Does what left the house still say what it said? For `manage.py verify`."""

from __future__ import annotations

import hashlib

from billing.frozen import sha256_of
from billing.models import AuditPacket, ClaimVersion, EdiFile, Estimate, PaperBatch, Superbill
from documentation.verification import changed_papers


def changed_files() -> list[str]:
    """Files whose bytes no longer have the SHA-256 stored beside them."""
    return [
        f"{file.file_name}: its bytes are not those that were built"
        for file in EdiFile.objects.iterator(chunk_size=100)
        if hashlib.sha256(bytes(file.file_bytes)).hexdigest() != file.sha256
    ]


def changed_versions() -> list[str]:
    """Released claims whose content no longer has the SHA-256 stored beside it."""
    return [
        f"claim {version.claim_id}, version {version.number}: its content was changed"
        for version in ClaimVersion.objects.iterator(chunk_size=500)
        if sha256_of(version.content) != version.sha256
    ]


def changed_packets() -> list[str]:
    """Audit packets whose bytes no longer have the SHA-256 stored beside them."""
    return changed_papers(AuditPacket.objects.defer("content"))


def changed_paper_batches() -> list[str]:
    """Printed forms whose bytes no longer have the SHA-256 stored beside them."""
    return changed_papers(PaperBatch.objects.all())


def changed_bills() -> list[str]:
    """Superbills and estimates whose bytes no longer have the SHA-256 stored beside them."""
    return [
        *changed_papers(Superbill.objects.defer("content")),
        *changed_papers(Estimate.objects.defer("content")),
    ]
