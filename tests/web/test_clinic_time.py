"""A time on the clinic's wall clock keeps its day, whatever filter comes after."""

import datetime as dt

from django.template import Context, Template

from web.templatetags.pt import clinic_time

EVENING = dt.datetime(2026, 3, 3, 3, 30, tzinfo=dt.UTC)  # 2 March, 7:30 pm in Portland


def test_the_date_filter_does_not_turn_it_back_to_the_servers_zone():
    template = Template('{{ at|clinic_time:"America/Los_Angeles"|date:"M j, H:i T" }}')

    assert template.render(Context({"at": EVENING})) == "Mar 2, 19:30 PST"


def test_both_hours_of_the_night_the_clocks_go_back_are_told_apart():
    first = dt.datetime(2026, 11, 1, 8, 30, tzinfo=dt.UTC)

    read = [clinic_time(first + dt.timedelta(hours=h), "America/Los_Angeles") for h in (0, 1)]

    assert [f"{at:%H:%M %Z}" for at in read] == ["01:30 PDT", "01:30 PST"]
