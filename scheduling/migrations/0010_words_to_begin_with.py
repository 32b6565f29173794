"""Words for each occasion, so that a new practice can write to its patients on the first day."""

from django.db import migrations

STOP = " Reply STOP to stop these texts."
FAREWELL = "\n\n{clinic}\n{clinic_phone}"

WORDS = [
    # kind, channel, subject, body, in use
    ("confirmation", "sms", "",
     "{clinic}: {first_name}, you are booked for {day} at {time} with {therapist}. "
     "Details: {link}" + STOP, True),
    ("confirmation", "email", "Your appointment is booked",
     "Hello {first_name},\n\nyou are booked for {day} at {time} with {therapist}.\n\n"
     "To confirm, cancel or ask for another time:\n{link}" + FAREWELL, True),
    ("reminder", "sms", "",
     "{clinic}: {first_name}, we see you on {day} at {time} with {therapist}. "
     "Confirm or change: {link}" + STOP, True),
    ("reminder", "email", "Your appointment on {day}",
     "Hello {first_name},\n\nwe look forward to seeing you on {day} at {time} with {therapist}.\n\n"
     "To confirm, cancel or ask for another time:\n{link}" + FAREWELL, True),
    ("moved", "sms", "",
     "{clinic}: {first_name}, your appointment is now on {day} at {time} with {therapist}. "
     "Confirm or change: {link}" + STOP, True),
    ("moved", "email", "Your appointment has a new time",
     "Hello {first_name},\n\nyour appointment is now on {day} at {time} with {therapist}.\n\n"
     "To confirm, cancel or ask for another time:\n{link}" + FAREWELL, True),
    ("cancelled", "sms", "",
     "{clinic}: {first_name}, your appointment on {day} at {time} is cancelled. "
     "Questions: {clinic_phone}." + STOP, True),
    ("cancelled", "email", "Your appointment is cancelled",
     "Hello {first_name},\n\nyour appointment on {day} at {time} is cancelled.\n\n"
     "To make a new one, call {clinic_phone}." + FAREWELL, True),
    ("missed", "sms", "",
     "{clinic}: {first_name}, we missed you on {day} at {time}. "
     "Call {clinic_phone} for a new time." + STOP, False),
    ("missed", "email", "We missed you",
     "Hello {first_name},\n\nwe missed you on {day} at {time}. "
     "Call {clinic_phone} and we find a new time." + FAREWELL, False),
]  # fmt: skip


def write(apps, schema_editor):
    template = apps.get_model("scheduling", "MessageTemplate")
    for kind, channel, subject, body, is_active in WORDS:
        template.objects.get_or_create(
            kind=kind,
            channel=channel,
            type=None,
            hours_before=None,
            defaults={"subject": subject, "body": body, "is_active": is_active},
        )


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0009_tell_patients_of_their_appointments"),
    ]

    operations = [
        migrations.RunPython(write, migrations.RunPython.noop),
    ]
