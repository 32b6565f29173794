"""What was posted, released or sent is only ever added to; control numbers come from sequences."""

from django.db import migrations

APPEND_ONLY = """
CREATE TRIGGER {name}_is_append_only BEFORE UPDATE OR DELETE ON billing_{name}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {name}_is_not_emptied BEFORE TRUNCATE ON billing_{name}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
UNDO_APPEND_ONLY = """
DROP TRIGGER {name}_is_not_emptied ON billing_{name};
DROP TRIGGER {name}_is_append_only ON billing_{name};
"""
GUARDED = ["claimversion", "edifile", "ledgerentry"]


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0001_initial"),
        ("people", "0002_guard_the_audit_line"),
    ]

    operations = [
        *(
            migrations.RunSQL(APPEND_ONLY.format(name=name), UNDO_APPEND_ONLY.format(name=name))
            for name in GUARDED
        ),
        migrations.RunSQL(
            # ISA13 and GS06 have nine digits; a number is never used twice, so it never cycles.
            "CREATE SEQUENCE billing_interchange AS integer MINVALUE 1 MAXVALUE 999999999 NO CYCLE",
            "DROP SEQUENCE billing_interchange",
        ),
        migrations.RunSQL(
            "CREATE SEQUENCE billing_claim_number START 100001",
            "DROP SEQUENCE billing_claim_number",
        ),
    ]
