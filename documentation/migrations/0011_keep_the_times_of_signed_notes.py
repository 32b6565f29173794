"""What a timer told is kept: its start never changes, its stop is told once, and with the note's
signature nothing of it changes any more."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION guard_service_timer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    outcome text[] := ARRAY[
        'stopped_at', 'stop_told_at', 'stopped_by_id', 'discarded_at'
    ];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'what a timer told is not deleted: discard it'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (
        to_jsonb(NEW) - outcome <> to_jsonb(OLD) - outcome
        OR (OLD.stopped_at IS NOT NULL AND NEW.stopped_at IS DISTINCT FROM OLD.stopped_at)
        OR OLD.discarded_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'what a timer told never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF visit_is_signed(NEW.visit_id) THEN
        RAISE EXCEPTION 'the times of a signed note never change: write an addendum'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER service_timers_stay BEFORE INSERT OR UPDATE OR DELETE ON documentation_servicetimer
    FOR EACH ROW EXECUTE FUNCTION guard_service_timer();
"""

UNDO = """
DROP TRIGGER service_timers_stay ON documentation_servicetimer;
DROP FUNCTION guard_service_timer();
"""


class Migration(migrations.Migration):
    dependencies = [("documentation", "0010_time_services_and_keep_favorites")]

    operations = [migrations.RunSQL(GUARDS, UNDO)]
