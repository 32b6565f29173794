"""A home program is drafted freely, given once, and never changed after."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from documentation import home_programs
from documentation.models import HomeAnswer, HomeProgram, HomeProgramItem, HomeProgramPdf
from people import links
from people.models import AuditEvent, PatientLink, Role
from tests.factories import (
    HomeProgramFactory,
    HomeProgramItemFactory,
    PatientFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def therapist():
    return UserFactory(roles=[Role.THERAPIST])


def given(therapist, *, exercise="bridge"):
    item = HomeProgramItemFactory(exercise=exercise)
    return home_programs.give(program=item.program, by=therapist)


def order_of(program):
    return list(program.items.values_list("exercise", flat=True))


def test_an_exercise_comes_with_the_librarys_dose_and_only_once(therapist):
    program = HomeProgramFactory()

    first = home_programs.add(program=program, exercise="one-leg-stand", by=therapist)
    again = home_programs.add(program=program, exercise="one-leg-stand", by=therapist)

    assert first == again
    assert first.dose_in_words == ("3 times 15 seconds, on each side, twice a day, every day")


def test_what_the_library_does_not_hold_is_not_added(therapist):
    program = HomeProgramFactory()

    with pytest.raises(home_programs.NoSuchExercise):
        home_programs.add(program=program, exercise="handstand", by=therapist)

    assert order_of(program) == []


def test_exercises_move_up_and_down_and_stay_at_the_ends(therapist):
    program = HomeProgramFactory()
    a, b, c = (
        home_programs.add(program=program, exercise=key, by=therapist)
        for key in ("bridge", "clam", "heel-raise")
    )

    home_programs.move(item=c, by=therapist, places=-1)
    home_programs.move(item=a, by=therapist, places=-1)
    assert order_of(program) == ["bridge", "heel-raise", "clam"]

    home_programs.put_in_order(program=program, order=[b.pk, 999, a.pk], by=therapist)
    assert order_of(program) == ["clam", "bridge", "heel-raise"]


def test_a_step_leads_to_the_following_exercise_or_adds_its_words(therapist):
    program = HomeProgramFactory()
    item = home_programs.add(program=program, exercise="tandem-stand", by=therapist)

    worded = home_programs.take_step(item=item, axis="vision", by=therapist)
    assert (worded.exercise, worded.step_text) == (
        "tandem-stand",
        "Close your eyes for 5 to 10 seconds.",
    )

    following = home_programs.take_step(item=item, axis="base", by=therapist)
    assert (following.exercise, following.step_text, following.seconds) == (
        "one-leg-stand",
        "",
        15,
    )


def test_giving_freezes_the_words_and_asks_for_the_hand_out(therapist):
    program = given(therapist)

    item = program.items.get()
    assert program.status == HomeProgram.Status.GIVEN
    assert item.content["name"] == "Bridge"
    assert HomeProgramPdf.objects.get().status == HomeProgramPdf.Status.WAITING
    assert PatientLink.objects.get().target_id == program.patient_id
    assert AuditEvent.objects.filter(action="home_program.given").count() == 1


def test_an_empty_program_is_not_given(therapist):
    program = HomeProgramFactory()

    with pytest.raises(home_programs.NothingToGive):
        home_programs.give(program=program, by=therapist)


def test_a_given_program_is_changed_by_no_verb(therapist):
    program = given(therapist)

    for act in (
        lambda: home_programs.add(program=program, exercise="clam", by=therapist),
        lambda: home_programs.save_item(item=program.items.get(), by=therapist, sets=1),
        lambda: home_programs.remove(item=program.items.get(), by=therapist),
        lambda: home_programs.give(program=program, by=therapist),
        lambda: home_programs.discard(program=program, by=therapist),
    ):
        with pytest.raises(home_programs.AlreadyGiven):
            act()


@pytest.mark.parametrize(
    "change",
    [
        lambda p: HomeProgram.objects.filter(pk=p.pk).update(remark="More!"),
        lambda p: HomeProgram.objects.filter(pk=p.pk).update(status="draft"),
        lambda p: HomeProgram.objects.filter(pk=p.pk).delete(),
        lambda p: HomeProgramItem.objects.filter(program=p).update(sets=9),
        lambda p: HomeProgramItem.objects.filter(program=p)._raw_delete("default"),
        lambda p: HomeProgramItemFactory(program=p, exercise="clam"),
    ],
)
def test_the_database_refuses_every_change_of_what_was_given(therapist, change):
    program = given(therapist)

    with pytest.raises(DatabaseError), transaction.atomic():
        change(program)


def test_a_draft_takes_no_answers(therapist):
    item = HomeProgramItemFactory()

    with pytest.raises(DatabaseError, match="not given"), transaction.atomic():
        HomeAnswer.objects.create(item=item, day="2026-03-02", done=True)


def test_the_next_version_ends_the_one_before_and_keeps_the_link(therapist):
    first = given(therapist)
    link = home_programs.open_link_of(first.patient)
    second = home_programs.start(patient=first.patient, by=therapist, copy=first)

    home_programs.add(program=second, exercise="clam", by=therapist)
    home_programs.give(program=second, by=therapist)

    first.refresh_from_db()
    assert first.status == HomeProgram.Status.ENDED
    assert order_of(second) == ["bridge", "clam"]
    assert home_programs.open_link_of(first.patient) == link


def test_a_patient_has_one_draft(therapist):
    patient = PatientFactory()

    one = home_programs.start(patient=patient, by=therapist)
    two = home_programs.start(patient=patient, by=therapist)

    assert one == two
    with pytest.raises(IntegrityError), transaction.atomic():
        HomeProgramFactory(patient=patient, version=7)


def test_pausing_going_on_and_ending(therapist):
    program = given(therapist)
    link = home_programs.open_link_of(program.patient)

    assert home_programs.pause(program=program, by=therapist).status == "paused"
    with pytest.raises(home_programs.WrongState):
        home_programs.pause(program=program, by=therapist)
    assert home_programs.resume(program=program, by=therapist).paused_at is None
    home_programs.end(program=program, by=therapist)

    with pytest.raises(links.LinkRevoked):
        links.open_link(links.token_of(link), purpose=home_programs.PURPOSE)
    with pytest.raises(home_programs.WrongState):
        home_programs.resume(program=program, by=therapist)


def test_a_template_keeps_doses_and_none_of_the_words_to_a_patient(therapist):
    item = HomeProgramItemFactory(sets=5, own_words="Mind your left knee, Ada.")
    template = home_programs.keep_as_template(program=item.program, name="Back", by=therapist)
    other = HomeProgramFactory()

    added = home_programs.add_template(program=other, template=template, by=therapist)

    assert added == 1
    copied = other.items.get()
    assert (copied.exercise, copied.sets, copied.own_words) == ("bridge", 5, "")
    assert home_programs.add_template(program=other, template=template, by=therapist) == 0
