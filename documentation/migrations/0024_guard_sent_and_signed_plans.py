"""What was sent and signed stays.

A sending keeps what was sent, and its answer once there is one. A signed plan keeps what it says
and reaches no further than what was signed; a signature on a link is never rewritten.
"""

from django.db import migrations

GUARDS = """
CREATE FUNCTION guard_plan_sending() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    delivery text[] := ARRAY['handed_over_at', 'handed_over_proof'];
    notice text[] := ARRAY['seen_at', 'seen_by_id'];
    answer text[] := ARRAY['opened_at', 'wrong_npis', 'status', 'closed_at', 'closed_by_id', 'why',
                           'how', 'signature', 'image', 'signed_sha256', 'remark'];
    free text[] := ARRAY[]::text[];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.handed_over_at IS NULL THEN free := free || delivery; END IF;
        IF OLD.seen_at IS NULL THEN free := free || notice; END IF;
        IF OLD.status = 'open' THEN free := free || answer; END IF;
        IF to_jsonb(NEW) - free = to_jsonb(OLD) - free
            AND (OLD.opened_at IS NULL OR NEW.opened_at = OLD.opened_at)
            AND NEW.wrong_npis >= OLD.wrong_npis
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a plan that was sent stays as it was sent, and its answer as it was given'
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER sent_plans_stay BEFORE UPDATE OR DELETE ON documentation_plansending
    FOR EACH ROW EXECUTE FUNCTION guard_plan_sending();

CREATE FUNCTION guard_plan_pdf() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status = 'ready' THEN
        RAISE EXCEPTION 'the PDF of a plan that was sent stays as it is'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER plan_pdfs_stay BEFORE UPDATE OR DELETE ON documentation_planpdf
    FOR EACH ROW EXECUTE FUNCTION guard_plan_pdf();

CREATE OR REPLACE FUNCTION guard_signed_plan() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    said text[] := ARRAY['episode_id', 'starts_on', 'amount_per_day', 'frequency_per_week',
                         'duration_weeks', 'interventions'];
    signature text[] := ARRAY['signed_on', 'signed_by_name', 'signed_proof'];
BEGIN
    IF OLD.signed_on IS NULL THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a plan of care that was signed is kept' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.signed_on IS NULL THEN
        RAISE EXCEPTION 'a plan that was signed stays signed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM unnest(said) AS name
        WHERE to_jsonb(NEW) -> name IS DISTINCT FROM to_jsonb(OLD) -> name
    ) THEN
        RAISE EXCEPTION 'a signed plan says what was signed: renew it instead'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM unnest(signature) AS name
        WHERE to_jsonb(NEW) -> name IS DISTINCT FROM to_jsonb(OLD) -> name
    ) AND EXISTS (
        SELECT 1 FROM documentation_plansending
        WHERE plan_id = OLD.id AND status = 'signed' AND how = 'link'
    ) THEN
        RAISE EXCEPTION 'a signature on the secure link is not rewritten'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER signed_plans_stay ON documentation_planofcare;
CREATE TRIGGER signed_plans_stay BEFORE UPDATE OR DELETE ON documentation_planofcare
    FOR EACH ROW EXECUTE FUNCTION guard_signed_plan();
"""

UNDO = """
DROP TRIGGER signed_plans_stay ON documentation_planofcare;
CREATE OR REPLACE FUNCTION guard_signed_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.signed_on IS NULL THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'a plan of care that was signed is kept' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER signed_plans_stay BEFORE DELETE ON documentation_planofcare
    FOR EACH ROW EXECUTE FUNCTION guard_signed_plan();

DROP TRIGGER plan_pdfs_stay ON documentation_planpdf;
DROP FUNCTION guard_plan_pdf();
DROP TRIGGER sent_plans_stay ON documentation_plansending;
DROP FUNCTION guard_plan_sending();
"""


class Migration(migrations.Migration):
    dependencies = [("documentation", "0023_send_plans_of_care")]

    operations = [migrations.RunSQL(GUARDS, UNDO)]
