"""No day of a certification stands without its evidence, and a signed plan is never deleted."""

from django.db import migrations, models

GUARD = """
CREATE FUNCTION guard_signed_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.signed_on IS NULL THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'a plan of care that was signed is kept' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER signed_plans_stay BEFORE DELETE ON documentation_planofcare
    FOR EACH ROW EXECUTE FUNCTION guard_signed_plan();
"""

UNDO = """
DROP TRIGGER signed_plans_stay ON documentation_planofcare;
DROP FUNCTION guard_signed_plan();
"""


class Migration(migrations.Migration):
    dependencies = [("documentation", "0017_name_evidence_of_earlier_plans")]

    operations = [
        migrations.AddConstraint(
            model_name="planofcare",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_per_day__range", (1, 4))), name="a_plan_treats_each_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="planofcare",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("sent_on", None), models.Q(("sent_proof", ""), _negated=True), _connector="OR"
                ),
                name="a_sent_plan_has_evidence",
            ),
        ),
        migrations.AddConstraint(
            model_name="planofcare",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("verbal_on", None), models.Q(("verbal_by", ""), _negated=True), _connector="OR"
                ),
                name="a_verbal_order_names_who_gave_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="planofcare",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("signed_on", None),
                    models.Q(
                        models.Q(("signed_by_name", ""), _negated=True),
                        models.Q(("signed_proof", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_signed_plan_names_its_signer",
            ),
        ),
        migrations.RunSQL(GUARD, UNDO),
    ]
