"""Staff accounts: temporary passwords, roles, licences, and how an account ends."""

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError

from people import staff
from people.api_access import issue_token
from people.models import ApiToken, AuditEvent, Role, Therapist, User
from tests.factories import PASSWORD, ClinicFactory, TherapistFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return UserFactory(roles=[Role.OWNER])


LICENCE = {
    "credential": "PT",
    "npi": "1999999984",
    "taxonomy": "225100000X",
    "licence_number": "PT100",
    "licence_state": "OR",
    "licence_expires_on": dt.date(2030, 1, 1),
}


def make(owner, **values) -> staff.NewAccount:
    wanted = {
        "email": "Maya@Example.com",
        "first_name": "Maya",
        "last_name": "Lindqvist",
        "roles": ["front_desk"],
    } | values
    return staff.create_account(by=owner, **wanted)


def test_a_new_account_has_a_temporary_password_and_only_its_hash_is_stored(owner):
    clinic = ClinicFactory()

    account, password = make(owner, clinics=[clinic])

    account.refresh_from_db()
    assert account.email == "maya@example.com"
    assert account.password_is_temporary
    assert account.check_password(password)
    assert password not in account.password
    assert list(account.clinics.all()) == [clinic]
    event = AuditEvent.objects.get()
    assert (event.action, event.detail) == ("account.created", {"roles": ["front_desk"]})


def test_no_two_temporary_passwords_are_the_same():
    assert len({staff.temporary_password() for _ in range(200)}) == 200


def test_an_e_mail_names_one_account_whatever_its_capitals(owner):
    make(owner)

    with pytest.raises(ValidationError) as refusal:
        make(owner, email="MAYA@example.com")

    assert set(refusal.value.message_dict) == {"email"}


def test_a_therapist_has_a_licence_on_file(owner):
    account, _ = make(owner, roles=["therapist"], therapist=LICENCE)

    assert (account.therapist.licence_number, account.therapist.is_active) == ("PT100", True)


def test_a_licence_that_cannot_be_leaves_no_account_behind(owner):
    with pytest.raises(ValidationError):
        make(owner, roles=["therapist"], therapist=LICENCE | {"npi": "1999999985"})

    assert User.objects.count() == 1
    assert AuditEvent.objects.count() == 0


def test_changed_roles_are_written_down(owner):
    account, _ = make(owner)

    staff.change_account(account=account, by=owner, roles=["biller", "front_desk"])

    event = AuditEvent.objects.first()
    assert (event.action, event.detail) == (
        "account.changed",
        {"fields": ["roles"], "roles": ["biller", "front_desk"]},
    )


def test_who_treats_no_more_keeps_the_licence_on_file_but_not_active(owner):
    therapist = TherapistFactory()

    staff.change_account(account=therapist.user, by=owner, roles=["front_desk"])

    therapist.refresh_from_db()
    assert not therapist.is_active


def test_a_changed_e_mail_ends_the_old_one_for_log_in(owner):
    account, _ = make(owner)
    EmailAddress.objects.create(user=account, email=account.email, primary=True, verified=True)

    staff.change_account(account=account, by=owner, email="lindqvist@example.com")

    assert not EmailAddress.objects.filter(email="maya@example.com").exists()


def test_the_last_owner_stays_owner(owner):
    with pytest.raises(staff.LastOwner):
        staff.change_account(account=owner, by=owner, roles=["front_desk"])

    owner.refresh_from_db()
    assert owner.roles == ["owner"]


def test_nobody_ends_their_own_account(owner):
    with pytest.raises(staff.OwnAccount):
        staff.deactivate(account=owner, by=owner)


def test_an_ended_account_is_logged_off_at_once_and_its_token_is_gone(owner, client):
    account = UserFactory(clinics=[ClinicFactory()])
    issue_token(account)
    client.force_login(account)
    assert client.get("/patients/").status_code == 200

    staff.deactivate(account=account, by=owner)

    assert client.get("/patients/")["Location"].startswith("/account/login/")
    assert not ApiToken.objects.filter(user=account).exists()


def test_an_old_session_stays_ended_when_the_account_opens_again(owner, client):
    account = UserFactory(clinics=[ClinicFactory()])
    client.force_login(account)
    staff.deactivate(account=account, by=owner)

    again, password = staff.reactivate(account=account, by=owner)

    assert client.get("/patients/")["Location"].startswith("/account/login/")
    assert again.check_password(password)
    assert again.password_is_temporary


def test_an_ended_therapist_comes_back_with_the_licence(owner):
    therapist = TherapistFactory()

    staff.deactivate(account=therapist.user, by=owner)
    assert not Therapist.objects.get().is_active
    staff.reactivate(account=therapist.user, by=owner)

    assert Therapist.objects.get().is_active


def test_under_a_temporary_password_nothing_opens_but_its_replacement(owner, client):
    account, _ = make(owner, clinics=[ClinicFactory()])
    client.force_login(account)

    for address in ("/patients/", "/", "/referrers/"):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (303, "/account/password/change/")
    piece = client.get("/patients/", headers={"HX-Request": "true"})
    assert (piece.status_code, piece["HX-Redirect"]) == (204, "/account/password/change/")
    assert client.get("/api/v1/patients/").status_code == 403


def test_choosing_a_password_of_ones_own_opens_everything(owner, client):
    account, password = make(owner, clinics=[ClinicFactory()])
    client.force_login(account)

    client.post(
        "/account/password/change/",
        {
            "oldpassword": password,
            "password1": "a-better-horse-42",
            "password2": "a-better-horse-42",
        },
    )

    account.refresh_from_db()
    assert not account.password_is_temporary
    assert client.get("/patients/").status_code == 200
    assert AuditEvent.objects.filter(action="account.password_changed", actor=account).exists()


def test_logging_in_and_out_is_written_down(client):
    account = UserFactory()

    client.post("/account/login/", {"login": account.email, "password": PASSWORD})
    client.post("/account/logout/")

    actions = AuditEvent.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["account.logged_in", "account.logged_out"]
