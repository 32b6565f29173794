"""A row of a file makes one patient, once, and stays to say so."""

from django.db import migrations

KEEP_WHAT_WAS_MADE = """
CREATE FUNCTION guard_import_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.patient_id IS NOT NULL
            AND (TG_OP = 'DELETE' OR NEW.patient_id IS DISTINCT FROM OLD.patient_id) THEN
        RAISE EXCEPTION 'a row of a file is imported once'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER import_row_keeps_its_patient BEFORE UPDATE OR DELETE ON people_importrow
    FOR EACH ROW EXECUTE FUNCTION guard_import_row();
"""
UNDO = """
DROP TRIGGER import_row_keeps_its_patient ON people_importrow;
DROP FUNCTION guard_import_row();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0012_import_patients"),
    ]

    operations = [migrations.RunSQL(KEEP_WHAT_WAS_MADE, UNDO)]
