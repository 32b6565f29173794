"""A letter stays as it was written: its course may go on, what it is may not change."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION guard_provider_letter() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    course text[] := ARRAY['to', 'status', 'problem', 'attempts', 'not_before', 'carrier',
                           'sending_since', 'sent_at', 'receipt', 'paper_sha256', 'opened_at',
                           'settled_at', 'settled_by_id'];
    of_one_that_was_sent text[] := ARRAY['opened_at', 'patient_id'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.status <> 'sent'
        AND to_jsonb(NEW) - course - 'patient_id' = to_jsonb(OLD) - course - 'patient_id'
    THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE'
        AND to_jsonb(NEW) - of_one_that_was_sent = to_jsonb(OLD) - of_one_that_was_sent
        AND (OLD.opened_at IS NULL OR NEW.opened_at = OLD.opened_at)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a letter stays as it was written, and one that was sent stays sent'
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER letters_stay BEFORE UPDATE OR DELETE ON documentation_providerletter
    FOR EACH ROW EXECUTE FUNCTION guard_provider_letter();
"""

UNDO = """
DROP TRIGGER letters_stay ON documentation_providerletter;
DROP FUNCTION guard_provider_letter();
"""


class Migration(migrations.Migration):
    dependencies = [("documentation", "0021_letters_to_providers")]

    operations = [migrations.RunSQL(GUARDS, UNDO)]
