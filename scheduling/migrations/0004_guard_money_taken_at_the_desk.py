"""Money taken and fees decided are only ever added to; receipts have numbers of their own."""

from django.db import migrations

APPEND_ONLY = """
CREATE TRIGGER {name}_is_append_only BEFORE UPDATE OR DELETE ON scheduling_{name}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {name}_is_not_emptied BEFORE TRUNCATE ON scheduling_{name}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
UNDO_APPEND_ONLY = """
DROP TRIGGER {name}_is_not_emptied ON scheduling_{name};
DROP TRIGGER {name}_is_append_only ON scheduling_{name};
"""
GUARDED = ["deskpayment", "deskfee"]


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_guard_the_audit_line"),
        ("scheduling", "0003_what_happens_at_the_counter"),
    ]

    operations = [
        *(
            migrations.RunSQL(APPEND_ONLY.format(name=name), UNDO_APPEND_ONLY.format(name=name))
            for name in GUARDED
        ),
        migrations.RunSQL(
            "CREATE SEQUENCE scheduling_receipt START 1001", "DROP SEQUENCE scheduling_receipt"
        ),
    ]
