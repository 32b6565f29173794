"""A superbill and an estimate stay as they were issued: their PDF is made once, and what happens to
them afterwards (given, taken back) is written down once."""

from django.db import migrations

GUARD = """
CREATE FUNCTION guard_issued_paper() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_pdf text[] := ARRAY['status', 'file_bytes', 'sha256', 'made_at', 'waiting_since',
        'attempts', 'problem'];
    was jsonb;
    field text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an issued paper stays' USING ERRCODE = 'restrict_violation';
    END IF;
    was := to_jsonb(OLD);
    FOR field IN
        SELECT held.key FROM jsonb_each(to_jsonb(NEW)) AS held
        WHERE held.value IS DISTINCT FROM was -> held.key
    LOOP
        IF field = ANY (of_pdf) AND was ->> 'status' <> 'ready' THEN
            CONTINUE;
        END IF;
        IF field = ANY (TG_ARGV) AND coalesce(was ->> field, '') = '' THEN
            CONTINUE;
        END IF;
        RAISE EXCEPTION 'an issued paper stays as it was issued'
            USING ERRCODE = 'restrict_violation';
    END LOOP;
    RETURN NEW;
END $$;

CREATE TRIGGER superbills_stay BEFORE UPDATE OR DELETE ON billing_superbill
    FOR EACH ROW EXECUTE FUNCTION
    guard_issued_paper('withdrawn_at', 'withdrawn_by_id', 'withdrawn_reason');
CREATE TRIGGER estimates_stay BEFORE UPDATE OR DELETE ON billing_estimate
    FOR EACH ROW EXECUTE FUNCTION guard_issued_paper('given_at', 'given_how', 'given_by_id');

CREATE FUNCTION guard_superbill_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (NEW.superbill_id, NEW.visit_id, NEW.charge)
        IS DISTINCT FROM (OLD.superbill_id, OLD.visit_id, OLD.charge)
        OR (NEW.stands AND NOT OLD.stands) THEN
        RAISE EXCEPTION 'a superbill keeps its visits' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER superbill_rows_stay BEFORE UPDATE OR DELETE ON billing_superbillvisit
    FOR EACH ROW EXECUTE FUNCTION guard_superbill_row();

CREATE FUNCTION guard_estimate_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an estimate keeps its visits' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER estimate_rows_stay BEFORE UPDATE OR DELETE ON billing_estimate_appointments
    FOR EACH ROW EXECUTE FUNCTION guard_estimate_row();
"""
UNDO = """
DROP TRIGGER estimate_rows_stay ON billing_estimate_appointments;
DROP FUNCTION guard_estimate_row();
DROP TRIGGER superbill_rows_stay ON billing_superbillvisit;
DROP FUNCTION guard_superbill_row();
DROP TRIGGER estimates_stay ON billing_estimate;
DROP TRIGGER superbills_stay ON billing_superbill;
DROP FUNCTION guard_issued_paper();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0019_superbills_and_estimates")]

    operations = [migrations.RunSQL(GUARD, UNDO)]
