"""The audit line can only be added to, and each event is chained to the one before at commit."""

from django.core.management import call_command
from django.db import migrations

REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows are only ever added, never changed or removed', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""

AUDIT_LINK = """
CREATE FUNCTION audit_link(previous text, event people_auditevent) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(concat_ws('|',
        previous, event.id,
        to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        coalesce(event.actor_id, 0), event.actor_name, event.action, event.target_type,
        coalesce(event.target_id, 0), coalesce(event.patient_id, 0),
        coalesce(host(event.from_address), ''), event.detail::text
    ), 'UTF8')), 'hex')
$$;

CREATE FUNCTION chain_audit_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last_position bigint;
    last_hash text;
    event people_auditevent;
BEGIN
    -- One commit at a time takes a place. Taken last, so it cannot deadlock with row locks.
    PERFORM pg_advisory_xact_lock(hashtext('people_auditevent'));
    SELECT position, hash INTO last_position, last_hash
        FROM people_auditevent WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1;
    SELECT * INTO event FROM people_auditevent WHERE id = NEW.id;
    UPDATE people_auditevent
        SET position = coalesce(last_position, 0) + 1,
            hash = audit_link(coalesce(last_hash, ''), event)
        WHERE id = NEW.id;
    RETURN NULL;
END $$;

CREATE FUNCTION guard_audit_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.position IS NULL AND OLD.hash = ''
        AND NEW.position IS NOT NULL AND NEW.hash <> ''
        AND to_jsonb(NEW) - 'position' - 'hash' = to_jsonb(OLD) - 'position' - 'hash'
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'people_auditevent rows are only ever added, never changed or removed'
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON people_auditevent
    FOR EACH ROW EXECUTE FUNCTION guard_audit_event();
CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON people_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE CONSTRAINT TRIGGER audit_is_chained AFTER INSERT ON people_auditevent
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION chain_audit_event();
"""

UNDO = """
DROP TRIGGER audit_is_chained ON people_auditevent;
DROP TRIGGER audit_is_not_emptied ON people_auditevent;
DROP TRIGGER audit_is_append_only ON people_auditevent;
DROP FUNCTION guard_audit_event();
DROP FUNCTION chain_audit_event();
DROP FUNCTION audit_link(text, people_auditevent);
DROP FUNCTION refuse_change();
"""


def make_cache_table(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.RunSQL(REFUSE_CHANGE + AUDIT_LINK, UNDO),
        migrations.RunSQL("CREATE SEQUENCE people_mrn START 1001", "DROP SEQUENCE people_mrn"),
        migrations.RunPython(make_cache_table, migrations.RunPython.noop),
    ]
