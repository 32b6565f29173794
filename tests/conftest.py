"""What every test may lean on."""

from unittest import mock

import pytest
from django.conf import settings as django_settings
from django.core.management.base import CommandError
from django.db import OperationalError, connection
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings
from rest_framework.test import APIClient

# The same examples in every run, and no clock: a busy machine finds nothing.
# `bin/test tests/billing --hypothesis-profile=wide` looks for new ones.
settings.register_profile(
    "suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("wide", parent=settings.get_profile("suite"), derandomize=False)
settings.load_profile("suite")

# Tests that commit are cleaned up by emptying every table, which these tables refuse.
NEVER_EMPTIED = ["people_auditevent", "billing_claimversion", "billing_edifile"]
NEVER_EMPTIED += ["billing_ledgerentry", "people_consentversion", "people_consentsignature"]
NEVER_EMPTIED += ["scheduling_deskpayment", "scheduling_deskfee"]
NEVER_EMPTIED += ["billing_adjudication", "billing_adjudicatedline", "billing_adjustment"]


def pytest_configure() -> None:
    """Pages in tests load files as they lie in the tree: nothing has been collected or hashed."""
    # WhiteNoise warns of a missing folder, and warnings are errors.
    django_settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    django_settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that commits ends with every table emptied: the next one that commits gets back what
    migrations loaded (codes, rules). All of them or none: else Django numbers its own rows anew
    in between, and what is put back collides with them."""
    for item in items:
        mark = item.get_closest_marker("django_db")
        if mark is not None and mark.kwargs.get("transaction"):
            kept = pytest.mark.django_db(**mark.kwargs | {"serialized_rollback": True})
            item.add_marker(kept, append=False)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in NEVER_EMPTIED:
            name = table.partition("_")[2].replace("auditevent", "audit")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}_is_not_emptied")


@pytest.fixture(scope="session", autouse=True)
def emptied_all_the_same():
    """An answer nobody waits for any more may hold a table while all of them are being emptied.
    Postgres ends one of the two; where it was the emptying, it is done again."""
    empty = TransactionTestCase._fixture_teardown

    def until_it_holds(case):
        for chances_left in (2, 1, 0):
            try:
                empty(case)
                return
            except CommandError as error:
                if not (chances_left and isinstance(error.__cause__, OperationalError)):
                    raise

    with mock.patch.object(TransactionTestCase, "_fixture_teardown", until_it_holds):
        yield


@pytest.fixture
def api_as():
    """An API client signed in as the given member of staff."""

    def sign_in(user) -> APIClient:
        client = APIClient()
        client.force_authenticate(user)
        return client

    return sign_in


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Each test makes accounts; Argon2 is slow on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
