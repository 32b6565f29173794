"""What was given to a patient never changes: the next version is a row of its own.

A given program may be paused, taken up again and ended; its exercises stay as they were handed
out. Answers belong to exercises that were given, and are never deleted.
"""

from django.db import migrations

GUARDS = """
CREATE FUNCTION guard_given_home_program() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    course text[] := ARRAY['status', 'paused_at', 'ended_at'];
BEGIN
    IF OLD.given_at IS NULL THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.status <> 'ended' AND NEW.status <> 'draft'
        AND to_jsonb(NEW) - course = to_jsonb(OLD) - course
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a home program that was given never changes: give a new version'
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER given_home_programs_stay BEFORE UPDATE OR DELETE ON documentation_homeprogram
    FOR EACH ROW EXECUTE FUNCTION guard_given_home_program();

CREATE FUNCTION guard_given_home_items() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    theirs bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.program_id ELSE OLD.program_id END;
BEGIN
    PERFORM FROM documentation_homeprogram WHERE id = theirs FOR KEY SHARE;
    IF EXISTS (
        SELECT 1 FROM documentation_homeprogram WHERE id = theirs AND given_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'a home program that was given never changes: give a new version'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER given_home_items_stay
    BEFORE INSERT OR UPDATE OR DELETE ON documentation_homeprogramitem
    FOR EACH ROW EXECUTE FUNCTION guard_given_home_items();

CREATE FUNCTION guard_home_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'what a patient answered is not deleted'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.item_id, NEW.day) <> (OLD.item_id, OLD.day) THEN
        RAISE EXCEPTION 'an answer stays with its exercise and its day'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' AND NOT EXISTS (
        SELECT 1 FROM documentation_homeprogramitem AS item
        JOIN documentation_homeprogram AS program ON program.id = item.program_id
        WHERE item.id = NEW.item_id AND program.given_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'nobody answers a program that was not given'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER home_answers_stay BEFORE INSERT OR UPDATE OR DELETE ON documentation_homeanswer
    FOR EACH ROW EXECUTE FUNCTION guard_home_answer();
"""

UNDO = """
DROP TRIGGER home_answers_stay ON documentation_homeanswer;
DROP FUNCTION guard_home_answer();
DROP TRIGGER given_home_items_stay ON documentation_homeprogramitem;
DROP FUNCTION guard_given_home_items();
DROP TRIGGER given_home_programs_stay ON documentation_homeprogram;
DROP FUNCTION guard_given_home_program();
"""


class Migration(migrations.Migration):
    dependencies = [("documentation", "0008_home_programs")]

    operations = [migrations.RunSQL(GUARDS, UNDO)]
