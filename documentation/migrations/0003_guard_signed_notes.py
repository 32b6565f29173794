"""A signed note and what it rests on never change; addenda are only ever added."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION visit_is_signed(visit bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM documentation_note WHERE visit_id = visit AND signed_at IS NOT NULL
    )
$$;

CREATE FUNCTION guard_signed_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.signed_at IS NULL THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.cosigned_at IS NULL AND OLD.cosign_needed
        AND to_jsonb(NEW) - 'cosigned_at' - 'cosigned_by_id' - 'cosigner_name'
          = to_jsonb(OLD) - 'cosigned_at' - 'cosigned_by_id' - 'cosigner_name'
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a signed note never changes: write an addendum'
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION guard_signed_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (TG_OP <> 'INSERT' AND visit_is_signed(OLD.visit_id))
        OR (TG_OP <> 'DELETE' AND visit_is_signed(NEW.visit_id))
    THEN
        RAISE EXCEPTION 'the services of a signed note never change: write an addendum'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION guard_signed_visit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF visit_is_signed(OLD.id) THEN
        RAISE EXCEPTION 'the visit of a signed note never changes: write an addendum'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.date_of_service <> OLD.date_of_service THEN
        RAISE EXCEPTION 'the date of service is set once'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER signed_note_is_final BEFORE UPDATE OR DELETE ON documentation_note
    FOR EACH ROW EXECUTE FUNCTION guard_signed_note();
CREATE TRIGGER signed_timed_entry_is_final
    BEFORE INSERT OR UPDATE OR DELETE ON documentation_timedentry
    FOR EACH ROW EXECUTE FUNCTION guard_signed_entry();
CREATE TRIGGER signed_service_entry_is_final
    BEFORE INSERT OR UPDATE OR DELETE ON documentation_serviceentry
    FOR EACH ROW EXECUTE FUNCTION guard_signed_entry();
CREATE TRIGGER signed_visit_is_final BEFORE UPDATE OR DELETE ON documentation_visit
    FOR EACH ROW EXECUTE FUNCTION guard_signed_visit();
CREATE TRIGGER addenda_are_append_only BEFORE UPDATE OR DELETE ON documentation_addendum
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

UNDO = """
DROP TRIGGER addenda_are_append_only ON documentation_addendum;
DROP TRIGGER signed_visit_is_final ON documentation_visit;
DROP TRIGGER signed_service_entry_is_final ON documentation_serviceentry;
DROP TRIGGER signed_timed_entry_is_final ON documentation_timedentry;
DROP TRIGGER signed_note_is_final ON documentation_note;
DROP FUNCTION guard_signed_visit();
DROP FUNCTION guard_signed_entry();
DROP FUNCTION guard_signed_note();
DROP FUNCTION visit_is_signed(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("documentation", "0002_tie_cases_notes_and_visits"),
        ("people", "0002_guard_the_audit_line"),
    ]

    operations = [migrations.RunSQL(GUARDS, UNDO)]
