"""How a practice without the demo gets its first account."""

import pytest
from django.core.management import call_command

from people.models import Role, User


@pytest.mark.django_db
def test_the_account_made_on_the_command_line_owns_the_practice(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a long enough password")

    call_command("createsuperuser", email="maya@practice.example", interactive=False, verbosity=0)

    owner = User.objects.get()
    assert (owner.email, owner.roles) == ("maya@practice.example", [Role.OWNER])
    assert owner.check_password("a long enough password")
