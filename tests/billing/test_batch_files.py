"""A claim file, handed out from its page and over the API: byte for byte, and only to be saved."""

import pytest
from django.urls import reverse

from billing.models import Batch, EdiFile
from people.models import AuditEvent, Role
from tests.billing.makers import make_partner
from tests.factories import UserFactory
from tests.file_answers import file_headers, saved

pytestmark = pytest.mark.django_db
CONTENT = b"ISA*00*~"


@pytest.fixture
def batch() -> Batch:
    file = EdiFile.objects.create(
        kind="837p", file_name="000000012.837", file_bytes=CONTENT, sha256="0" * 64
    )
    return Batch.objects.create(
        partner=make_partner(), interchange_control_number=12, file=file, total=0
    )


@pytest.mark.parametrize("door", ["page", "api"])
def test_a_claim_file_is_saved_byte_for_byte_and_the_audit_says_by_whom(client, batch, door):
    biller = UserFactory(roles=[Role.BILLER])
    client.force_login(biller)
    page = reverse("billing:batch-file", args=[batch.pk])

    answer = client.get(page if door == "page" else f"/api/v1/batches/{batch.pk}/file/")

    assert (answer.content, answer["Content-Type"]) == (CONTENT, "application/edi-x12")
    assert file_headers(answer) == saved("000000012.837")
    event = AuditEvent.objects.get(action="batch.downloaded")
    assert (event.actor, event.target_id) == (biller, batch.pk)
