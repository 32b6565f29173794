"""The pages of an import: refusals beside the field, lists, and who may see what."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from kombu.exceptions import OperationalError

from people import imports, tasks
from people.models import AuditEvent, ImportFile, Patient, Role
from tests.factories import AppointmentFactory, ClinicFactory, PatientFactory, UserFactory
from tests.file_answers import file_headers, saved

pytestmark = pytest.mark.django_db

CONTENT = (
    b"Surname,First name,DOB,Gender,Cell,Chart #\n"
    b"Okafor,Ada,3/12/1958,F,5035550142,7\n"
    b"Stone,Cy,13/13/1960,M,'=1+1,8\n"
)


@pytest.fixture
def clinic():
    return ClinicFactory(name="Riverbend")


@pytest.fixture
def desk(clinic, client):
    user = UserFactory(roles=[Role.FRONT_DESK], clinics=[clinic])
    client.force_login(user)
    return user


def upload(client, clinic, content=CONTENT):
    file = SimpleUploadedFile("old.csv", content, content_type="text/csv")
    return client.post(reverse("people:imports"), {"clinic": clinic.pk, "file": file})


def words(response):
    return " ".join(response.content.decode().split())


def test_an_upload_leads_to_its_dry_run(client, desk, clinic):
    response = upload(client, clinic)

    file = ImportFile.objects.get()
    assert (response.status_code, response.headers["Location"]) == (303, file.get_absolute_url())
    page = words(client.get(file.get_absolute_url()))
    assert "There is no such day in the calendar." in page
    assert "“Chart #”" in page
    assert "Import 1 good row" in page
    assert Patient.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"a,b\n1,2", "These columns are missing: Last name, First name, Birth date, Sex."),
        (b"\x00\x01", "This is not a text file"),
        (b"", "This file is empty."),
        (b"x" * (5 * 1024 * 1024 + 1), "This file is larger than 5 MB."),
    ],
    ids=range(4),
)
def test_a_file_that_cannot_be_used_is_refused_beside_its_field(
    content, told, client, desk, clinic
):
    response = upload(client, clinic, content)

    assert response.status_code == 422
    assert told in words(response)
    assert ImportFile.objects.count() == 0


def test_the_same_file_again_leads_to_the_import_there_is(client, desk, clinic):
    upload(client, clinic)
    response = upload(client, clinic)

    assert response.status_code == 422
    link = f'<a href="{ImportFile.objects.get().get_absolute_url()}">Open its import</a>'
    assert link in words(response)


def test_another_clinics_import_is_not_named(client, desk, clinic):
    elsewhere = ClinicFactory()
    imports.check(content=CONTENT, name="old.csv", clinic=elsewhere, by=UserFactory())

    response = upload(client, clinic)

    assert "This very file has been uploaded already." in words(response)
    assert "Open its import" not in words(response)


def test_a_file_is_not_uploaded_for_a_clinic_one_does_not_work_at(client, desk):
    assert upload(client, ClinicFactory()).status_code == 422
    assert ImportFile.objects.count() == 0


def test_opening_an_import_is_written_down(client, desk, clinic):
    upload(client, clinic)
    file = ImportFile.objects.get()
    client.get(file.get_absolute_url())

    assert AuditEvent.objects.filter(action="import.viewed", target_id=file.pk).count() == 1


def test_with_redis_down_the_import_waits_and_says_so(client, desk, clinic, monkeypatch):
    def no_broker(*args, **options):
        raise OperationalError("refused")

    monkeypatch.setattr("celery.app.task.Task.apply_async", no_broker)
    upload(client, clinic)
    file = ImportFile.objects.get()

    client.post(reverse("people:import-start", args=[file.pk]))

    page = words(client.get(file.get_absolute_url()))
    assert "Waiting in line" in page
    assert "0 of 1 patients are made." in page


def test_the_progress_asks_until_all_are_made(client, desk, clinic):
    upload(client, clinic)
    file = imports.start(file=ImportFile.objects.get(), by=desk)
    address = reverse("people:import-progress", args=[file.pk])
    assert "0 of 1 patients are made." in words(client.get(address))

    tasks.import_patients(file.pk)

    assert client.get(address).headers["HX-Refresh"] == "true"


def test_a_look_alike_is_taken_and_left_out_by_a_press(client, desk, clinic):
    ada = PatientFactory(
        clinic=clinic, last_name="Okafor", first_name="Ada", birth_date="1958-03-12"
    )
    upload(client, clinic)
    file = ImportFile.objects.get()
    page = words(client.get(f"{file.get_absolute_url()}?show=alike"))
    assert ada.mrn in page

    row = file.rows.alike().get()
    choose = reverse("people:import-choose", args=[row.pk])
    for pressed, taken in (("1", True), ("0", False)):
        response = client.post(choose, {"take": pressed, "page": "1"})
        row.refresh_from_db()
        assert (response.status_code, row.taken) == (303, taken)


def test_the_refused_rows_are_a_file_without_formulas(client, desk, clinic):
    upload(client, clinic)
    file = ImportFile.objects.get()
    response = client.get(reverse("people:import-refused", args=[file.pk]))

    assert file_headers(response) == saved(f"refused-rows-{file.pk}.csv")
    lines = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert lines[0][-1] == "Problems"
    assert lines[1][:5] == ["Stone", "Cy", "13/13/1960", "M", "'=1+1"]
    assert "DOB: There is no such day" in lines[1][-1]
    assert len(lines) == 2


def test_who_is_in_use_is_named_when_an_import_is_taken_back(client, desk, clinic):
    upload(client, clinic)
    file = imports.start(file=ImportFile.objects.get(), by=desk)
    tasks.import_patients(file.pk)
    AppointmentFactory(patient=Patient.objects.get())

    response = client.post(reverse("people:import-undo", args=[file.pk]))

    assert response.status_code == 409
    assert "1 of its patients is in use" in words(response)


def test_a_discarded_file_is_forgotten(client, desk, clinic):
    upload(client, clinic)
    client.post(reverse("people:import-discard", args=[ImportFile.objects.get().pk]))

    assert ImportFile.objects.count() == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_takes_the_same_queries_for_one_row_and_for_three(
    rows, client, desk, clinic, django_assert_num_queries
):
    lines = "".join(f"Name{n},First,1/{n + 1}/1960,M\n" for n in range(rows))
    upload(client, clinic, f"Last name,First name,DOB,Sex\n{lines}".encode())
    address = ImportFile.objects.get().get_absolute_url()
    client.get(address)

    with django_assert_num_queries(11):
        client.get(address)


def test_the_template_is_a_file_that_is_read(client, desk, clinic):
    response = client.get(reverse("people:import-template"))

    assert file_headers(response) == saved("patients-template.csv")
    assert upload(client, clinic, response.content).status_code == 303
    assert ImportFile.objects.get().rows.all().to_make().count() == 1
