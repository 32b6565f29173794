"""Three inputs book: a click on the time, the patient by name, the type."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from people.models import Patient
from scheduling.models import Appointment
from tests.browser.day_board import notice, place
from tests.factories import AppointmentTypeFactory, PatientFactory, at


def facts(row):
    return row.patient.list_name, row.type.name, row.starts_at, row.therapist.user.last_name


def field(page, name):
    return page.locator(f"#panel [name={name}]:visible")


def test_time_patient_and_type_are_three_inputs(open_day, desk):
    AppointmentTypeFactory(name="Evaluation", minutes=60)
    page = open_day()

    page.mouse.click(*place(page, "Reyes", 14))  # 1: when and with whom
    expect(field(page, "patient_name")).to_be_focused()
    page.keyboard.type("okafro")
    expect(page.get_by_role("option", name="Okafor, Ada")).to_be_visible()
    page.keyboard.press("Enter")  # 2: who
    expect(field(page, "appointment_type")).to_be_focused()
    page.keyboard.type("Eval")
    page.keyboard.press("Enter")  # 3: what

    notice(page, "Okafor, Ada is booked").to_be_visible()
    assert facts(Appointment.objects.get()) == ("Okafor, Ada", "Evaluation", at(14), "Reyes")


def test_somebody_new_is_taken_on_the_way(open_day, desk):
    page = open_day()

    page.mouse.click(*place(page, "Reyes", 15))
    expect(field(page, "patient_name")).to_be_focused()
    page.keyboard.type("eva lund")
    expect(page.get_by_role("option", name="New patient: eva lund")).to_be_visible()
    page.keyboard.press("Enter")
    expect(field(page, "new-birth_date")).to_be_focused()
    assert field(page, "new-last_name").input_value() == "Lund"
    field(page, "new-birth_date").fill("1984-07-09")
    field(page, "new-mobile_phone").fill("503 555 0177")
    field(page, "new-sex").select_option("F")
    page.keyboard.press("Enter")

    notice(page, "Lund, Eva is booked").to_be_visible()
    booked = Appointment.objects.get()
    assert (booked.patient.list_name, booked.starts_at) == ("Lund, Eva", at(15))


def test_somebody_who_looks_alike_is_offered_and_taken(open_day, desk):
    known = PatientFactory(
        clinic=desk.clinic, last_name="Lund", first_name="Eva", birth_date=dt.date(1984, 7, 9)
    )
    page = open_day()

    page.mouse.click(*place(page, "Reyes", 15))
    page.get_by_role("button", name="New patient").click()
    field(page, "new-last_name").fill("Lund")
    field(page, "new-first_name").fill("Evi")
    field(page, "new-birth_date").fill("1984-07-09")
    field(page, "new-mobile_phone").fill("503 555 0177")
    field(page, "new-sex").select_option("F")
    page.keyboard.press("Enter")
    page.get_by_label("Lund, Eva").check()
    page.get_by_role("button", name="Book", exact=True).click()

    notice(page, "Lund, Eva is booked").to_be_visible()
    assert Appointment.objects.get().patient == known
    assert not Patient.objects.filter(first_name="Evi").exists()


def test_with_no_calendar_and_no_mouse_the_keyboard_books(open_day, desk):
    page = open_day()

    page.keyboard.press("n")
    expect(field(page, "patient_name")).to_be_focused()
    field(page, "time").fill("16:00")
    field(page, "therapist").select_option(label="Dana Reyes, PT")
    field(page, "patient_name").focus()
    page.keyboard.type("ada oka")
    expect(page.get_by_role("option", name="Okafor, Ada")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")

    notice(page, "Okafor, Ada is booked").to_be_visible()
    assert Appointment.objects.get().starts_at == at(16)


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_the_newcomers_fields_fit_the_window(open_day, desk, width):
    page = open_day()
    page.set_viewport_size({"width": width, "height": 900})

    page.locator("#day-book").click()
    page.get_by_role("button", name="New patient").click()
    expect(field(page, "new-last_name")).to_be_visible()

    panel = page.locator("#panel").evaluate("panel => [panel.scrollWidth, panel.clientWidth]")
    assert panel[0] <= panel[1]
