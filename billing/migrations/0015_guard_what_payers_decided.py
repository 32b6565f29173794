"""What a payer decided is only ever added to, and always accounts for the charge."""

from django.db import migrations

BALANCE = """
CREATE FUNCTION check_adjudication_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint;
    decided billing_adjudication;
    whole numeric;
    of_lines numeric;
    counted integer;
BEGIN
    IF TG_TABLE_NAME = 'billing_adjudication' THEN
        wanted := NEW.id;
    ELSE
        wanted := NEW.adjudication_id;
    END IF;
    SELECT * INTO decided FROM billing_adjudication WHERE id = wanted;
    PERFORM 1 FROM billing_adjudicatedline line
        WHERE line.adjudication_id = wanted AND line.charge <> line.paid + coalesce((
            SELECT sum(amount) FROM billing_adjustment WHERE line_id = line.id), 0);
    IF FOUND THEN
        RAISE EXCEPTION 'a line''s charge is what was paid plus what was adjusted'
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM 1 FROM billing_adjustment adjustment
        JOIN billing_adjudicatedline line ON line.id = adjustment.line_id
        WHERE adjustment.adjudication_id = wanted AND line.adjudication_id <> wanted;
    IF FOUND THEN
        RAISE EXCEPTION 'an adjustment and its line are of one adjudication'
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT coalesce(sum(amount), 0) INTO whole FROM billing_adjustment
        WHERE adjudication_id = wanted AND line_id IS NULL;
    SELECT count(*), coalesce(sum(paid), 0) INTO counted, of_lines
        FROM billing_adjudicatedline WHERE adjudication_id = wanted;
    IF counted > 0 AND decided.paid <> of_lines - whole THEN
        RAISE EXCEPTION 'paid for the claim is paid for its lines less the adjustments of it all'
            USING ERRCODE = 'check_violation';
    END IF;
    IF decided.charge <> decided.paid + coalesce((
            SELECT sum(amount) FROM billing_adjustment WHERE adjudication_id = wanted), 0) THEN
        RAISE EXCEPTION 'a claim''s charge is what was paid plus what was adjusted'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
"""
ASK = """
CREATE CONSTRAINT TRIGGER {name}_balances AFTER INSERT ON billing_{name}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_adjudication_balance();
"""
APPEND_ONLY = """
CREATE TRIGGER {name}_is_append_only BEFORE UPDATE OR DELETE ON billing_{name}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {name}_is_not_emptied BEFORE TRUNCATE ON billing_{name}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
UNDO = """
DROP TRIGGER {name}_is_not_emptied ON billing_{name};
DROP TRIGGER {name}_is_append_only ON billing_{name};
DROP TRIGGER {name}_balances ON billing_{name};
"""
GUARDED = ["adjudication", "adjudicatedline", "adjustment"]


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0014_keep_what_payers_decided"),
        ("people", "0002_guard_the_audit_line"),
    ]

    operations = [
        migrations.RunSQL(BALANCE, "DROP FUNCTION check_adjudication_balance()"),
        *(
            migrations.RunSQL((ASK + APPEND_ONLY).format(name=name), UNDO.format(name=name))
            for name in GUARDED
        ),
    ]
