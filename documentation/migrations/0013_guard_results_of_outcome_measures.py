"""A result of an outcome measure never changes and is never deleted.

What was wrong is corrected by a later row of the same case and measure. A result of a visit waits
for whoever signs the note, and is refused once it is signed.
"""

from django.db import migrations

GUARDS = """
CREATE FUNCTION guard_measure_result() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'a result never changes: a later one corrects it'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.corrects_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM documentation_measureresult AS earlier
        WHERE earlier.id = NEW.corrects_id AND earlier.episode_id = NEW.episode_id
            AND earlier.measure = NEW.measure
    ) THEN
        RAISE EXCEPTION 'a correction belongs to the case and the measure of what it corrects'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.visit_id IS NOT NULL AND visit_is_signed(NEW.visit_id) THEN
        RAISE EXCEPTION 'the note of this visit is signed: nothing more is measured in it'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER measure_results_stay
    BEFORE INSERT OR UPDATE OR DELETE ON documentation_measureresult
    FOR EACH ROW EXECUTE FUNCTION guard_measure_result();
"""

UNDO = """
DROP TRIGGER measure_results_stay ON documentation_measureresult;
DROP FUNCTION guard_measure_result();
"""


class Migration(migrations.Migration):
    dependencies = [("documentation", "0012_results_of_outcome_measures")]

    operations = [migrations.RunSQL(GUARDS, UNDO)]
