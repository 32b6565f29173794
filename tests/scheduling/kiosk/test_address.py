"""The address of a kiosk: what opens it, what it leaves behind, and when it opens nothing."""

import pytest

from people.models import AuditEvent
from scheduling import kiosks
from scheduling.models import Kiosk, KioskTry
from scheduling.views.kiosk import GUESSES
from tests.scheduling.kiosk.at_kiosk import BORN, WORDS, status_of, tell

pytestmark = pytest.mark.django_db


def test_looking_changes_nothing_and_other_verbs_are_refused(tablet, visit, path):
    events = AuditEvent.objects.count()

    answers = [tablet.get(path, WORDS), tablet.head(path), tablet.put(path), tablet.delete(path)]

    assert [answer.status_code for answer in answers] == [200, 200, 405, 405]
    assert (status_of(visit), KioskTry.objects.count()) == ("booked", 0)
    assert AuditEvent.objects.count() == events


def test_no_answer_is_kept_or_found_or_tells_its_address_or_leaves_a_cookie(tablet, visit, path):
    for answer in (tablet.get(path), tell(tablet, path), tablet.get("/kiosk/guess/")):
        assert (answer["Referrer-Policy"], answer["X-Robots-Tag"], answer["Cache-Control"]) == (
            "no-referrer",
            "noindex, nofollow",
            "no-store, private",
        )
        assert answer.cookies == {}


def test_a_revoked_address_opens_nothing_at_once_and_revoking_twice_is_once(tablet, desk, path):
    kiosk = Kiosk.objects.get()
    opened = tablet.get(path).status_code

    revoked = [kiosks.revoke(kiosk, by=desk.user) for _ in range(2)]

    assert (opened, revoked) == (200, [True, False])
    assert [tablet.get(path).status_code, tell(tablet, path).status_code] == [404, 404]
    assert AuditEvent.objects.filter(action="kiosk.revoked").count() == 1


def test_a_tap_in_the_moment_of_revoking_checks_nobody_in(desk, visit, path):
    found = kiosks.find(path.split("/")[2])
    kiosks.revoke(found, by=desk.user)

    with pytest.raises(kiosks.NoSuchKiosk):
        kiosks.check_in(found, birth_date=BORN, last_name="Okafor")
    assert status_of(visit) == "booked"


def test_the_kiosk_of_a_clinic_that_has_closed_opens_nothing(tablet, desk, path):
    desk.clinic.is_active = False
    desk.clinic.save(update_fields=["is_active"])

    assert tablet.get(path).status_code == 404


def test_who_guesses_addresses_is_kept_waiting(tablet):
    answers = [tablet.get("/kiosk/guess/").status_code for _ in range(GUESSES + 1)]

    assert answers == [404] * GUESSES + [429]


def test_the_address_is_not_in_the_database(path):
    token = path.split("/")[2]

    assert len(token) >= 43
    assert token not in str(list(Kiosk.objects.values()) + list(AuditEvent.objects.values()))
