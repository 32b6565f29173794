"""Close two gaps in the guards of a signed note.

What is logged while a note is being signed waits for the signature and is then refused: the
check looks again after the wait (VOLATILE), which the first version, bound to the snapshot of the
statement it served, could not. The co-signature may bring its licence, and nothing may be added to
a note that is not signed.
"""

from django.db import migrations

GUARDS = """
-- Waits for a signer, who holds the visit FOR UPDATE; two who log do not wait for each other.
CREATE OR REPLACE FUNCTION visit_is_signed(visit bigint) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM FROM documentation_visit WHERE id = visit FOR KEY SHARE;
    RETURN EXISTS (
        SELECT 1 FROM documentation_note WHERE visit_id = visit AND signed_at IS NOT NULL
    );
END $$;

CREATE OR REPLACE FUNCTION guard_signed_note() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    cosignature text[] := ARRAY[
        'cosigned_at', 'cosigned_by_id', 'cosigner_name', 'cosigner_licence'
    ];
BEGIN
    IF OLD.signed_at IS NULL THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.cosigned_at IS NULL AND OLD.cosign_needed
        AND NEW.cosigned_at IS NOT NULL
        AND to_jsonb(NEW) - cosignature = to_jsonb(OLD) - cosignature
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a signed note never changes: write an addendum'
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION guard_addendum() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM documentation_note WHERE id = NEW.note_id AND signed_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'only a signed note has addenda: change the note itself'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER addenda_are_of_signed_notes BEFORE INSERT ON documentation_addendum
    FOR EACH ROW EXECUTE FUNCTION guard_addendum();
"""

UNDO = """
DROP TRIGGER addenda_are_of_signed_notes ON documentation_addendum;
DROP FUNCTION guard_addendum();

CREATE OR REPLACE FUNCTION guard_signed_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.signed_at IS NULL THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.cosigned_at IS NULL AND OLD.cosign_needed
        AND to_jsonb(NEW) - 'cosigned_at' - 'cosigned_by_id' - 'cosigner_name'
          = to_jsonb(OLD) - 'cosigned_at' - 'cosigned_by_id' - 'cosigner_name'
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a signed note never changes: write an addendum'
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE OR REPLACE FUNCTION visit_is_signed(visit bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM documentation_note WHERE visit_id = visit AND signed_at IS NOT NULL
    )
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("documentation", "0005_keep_the_cosigners_licence_and_the_state_of_pdfs")]

    operations = [migrations.RunSQL(GUARDS, UNDO)]
