"""Forms that were drawn never change, nor does what a pile was asked for."""

from django.db import migrations

GUARD = """
CREATE FUNCTION guard_paper_batch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept text[] := ARRAY['purpose', 'payer_id', 'versions', 'total', 'background', 'printer_name',
        'right', 'down', 'inputs_sha256', 'asked_by_id', 'asked_at'];
    field text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'claims that were printed are never removed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status = 'ready' THEN
        kept := kept || ARRAY['status', 'file_bytes', 'sha256', 'made_at', 'pages'];
    END IF;
    IF OLD.mailed_on IS NOT NULL THEN
        kept := kept || ARRAY['mailed_on', 'mailed_by_id'];
    END IF;
    IF OLD.withdrawn_at IS NOT NULL THEN
        kept := kept || ARRAY['withdrawn_at'];
    END IF;
    FOREACH field IN ARRAY kept LOOP
        IF to_jsonb(NEW) -> field IS DISTINCT FROM to_jsonb(OLD) -> field THEN
            RAISE EXCEPTION 'claims on paper stay as they were printed'
                USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;

CREATE TRIGGER paper_batches_stay BEFORE UPDATE OR DELETE ON billing_paperbatch
    FOR EACH ROW EXECUTE FUNCTION guard_paper_batch();
"""
UNDO = """
DROP TRIGGER paper_batches_stay ON billing_paperbatch;
DROP FUNCTION guard_paper_batch();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0017_print_claims_for_the_mail")]

    operations = [migrations.RunSQL(GUARD, UNDO)]
