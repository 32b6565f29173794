"""What was signed, and what a patient sent in, is never changed."""

from django.db import migrations

APPEND_ONLY = """
CREATE TRIGGER {name}_is_append_only BEFORE UPDATE OR DELETE ON people_{name}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {name}_is_not_emptied BEFORE TRUNCATE ON people_{name}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
UNDO_APPEND_ONLY = """
DROP TRIGGER {name}_is_not_emptied ON people_{name};
DROP TRIGGER {name}_is_append_only ON people_{name};
"""
GUARDED = ["consentversion", "consentsignature"]

KEEP_WHAT_CAME = """
CREATE FUNCTION guard_questionnaire() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status <> 'open' AND (NEW.answers <> OLD.answers OR NEW.status = 'open') THEN
        RAISE EXCEPTION 'a questionnaire that was sent in keeps its answers'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER questionnaire_keeps_what_came BEFORE UPDATE ON people_questionnaire
    FOR EACH ROW EXECUTE FUNCTION guard_questionnaire();
"""
UNDO_KEEP_WHAT_CAME = """
DROP TRIGGER questionnaire_keeps_what_came ON people_questionnaire;
DROP FUNCTION guard_questionnaire();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0006_consents_and_questionnaires"),
    ]

    operations = [
        *(
            migrations.RunSQL(APPEND_ONLY.format(name=name), UNDO_APPEND_ONLY.format(name=name))
            for name in GUARDED
        ),
        migrations.RunSQL(KEEP_WHAT_CAME, UNDO_KEEP_WHAT_CAME),
    ]
