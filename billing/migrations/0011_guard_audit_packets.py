"""A packet that was made, and what any packet says once it is frozen, never changes."""

from django.db import migrations

GUARD = """
CREATE FUNCTION guard_audit_packet() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked text[] := ARRAY['episode_id', 'visits', 'first_day', 'last_day', 'made_for',
        'inputs_sha256', 'asked_by_id', 'asked_at'];
    field text;
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status = 'ready' THEN
        RAISE EXCEPTION 'an audit packet stays as it was made'
            USING ERRCODE = 'restrict_violation';
    END IF;
    FOREACH field IN ARRAY asked LOOP
        IF to_jsonb(NEW) -> field IS DISTINCT FROM to_jsonb(OLD) -> field THEN
            RAISE EXCEPTION 'an audit packet stays as it was asked for'
                USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    IF OLD.content IS NOT NULL AND NEW.content IS DISTINCT FROM OLD.content THEN
        RAISE EXCEPTION 'what an audit packet says is frozen'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER audit_packets_stay BEFORE UPDATE OR DELETE ON billing_auditpacket
    FOR EACH ROW EXECUTE FUNCTION guard_audit_packet();
"""
UNDO = """
DROP TRIGGER audit_packets_stay ON billing_auditpacket;
DROP FUNCTION guard_audit_packet();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0010_audit_packets")]

    operations = [migrations.RunSQL(GUARD, UNDO)]
