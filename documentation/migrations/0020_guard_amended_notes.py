"""A signed note is opened again only by an amendment that has put the signed version aside.

What a version says, an amendment's reason and a PDF that was put aside never change. A version
that was put aside goes only when its amendment is withdrawn: the note itself then says the same.
"""

from django.db import migrations

GUARDS = """
-- What a signature wrote, of a note's row or a version's alike.
CREATE FUNCTION note_signature(signed jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_object_agg(key, value) FROM jsonb_each(signed) WHERE key = ANY (ARRAY[
        'kind', 'signed_by_id', 'signed_at', 'signer_name', 'content', 'content_sha256',
        'cosign_needed', 'cosigned_by_id', 'cosigned_at', 'cosigner_name', 'cosigner_licence',
        'student_supervised'
    ])
$$;

CREATE FUNCTION note_is_put_aside(note documentation_note) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM documentation_noteversion AS version
        WHERE version.note_id = note.id AND version.number = note.version
            AND note_signature(to_jsonb(version)) = note_signature(to_jsonb(note))
    )
$$;

CREATE FUNCTION amendment_is_open(note bigint, leads_to smallint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM documentation_amendment
        WHERE note_id = note AND number = leads_to
            AND signed_at IS NULL AND withdrawn_at IS NULL
    )
$$;

CREATE OR REPLACE FUNCTION guard_signed_note() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    cosignature text[] := ARRAY[
        'cosigned_at', 'cosigned_by_id', 'cosigner_name', 'cosigner_licence', 'student_supervised'
    ];
    signature text[] := cosignature || ARRAY[
        'signed_by_id', 'signed_at', 'signer_name', 'content', 'content_sha256', 'cosign_needed',
        'version'
    ];
BEGIN
    IF OLD.signed_at IS NULL THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        IF NEW.version <> OLD.version THEN
            -- An amendment is withdrawn: what was put aside stands in the note again.
            IF NEW.version = OLD.version - 1 AND NEW.signed_at IS NOT NULL
                AND note_is_put_aside(NEW) AND NOT amendment_is_open(OLD.id, OLD.version)
            THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'a note counts its versions by amendments alone'
                USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.signed_at IS NOT NULL AND NEW.version > 1
            AND NOT amendment_is_open(OLD.id, OLD.version)
        THEN
            RAISE EXCEPTION 'a further version needs its amendment'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.cosigned_at IS NULL AND OLD.cosign_needed
        AND NEW.cosigned_at IS NOT NULL
        AND to_jsonb(NEW) - cosignature = to_jsonb(OLD) - cosignature
    THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.signed_at IS NULL AND NEW.version = OLD.version + 1
        AND NEW.content IS NULL AND NEW.cosigned_at IS NULL
        AND to_jsonb(NEW) - signature = to_jsonb(OLD) - signature
        AND note_is_put_aside(OLD) AND amendment_is_open(OLD.id, NEW.version)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a signed note never changes: write an addendum, or amend it'
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION guard_note_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held documentation_noteversion := CASE WHEN TG_OP = 'INSERT' THEN NEW ELSE OLD END;
BEGIN
    IF TG_OP <> 'UPDATE' AND EXISTS (
        SELECT 1 FROM documentation_note AS note
        WHERE note.id = held.note_id AND note.version = held.number
            AND note_signature(to_jsonb(note)) = note_signature(to_jsonb(held))
    ) THEN
        RETURN held;
    END IF;
    RAISE EXCEPTION 'a signed version never changes'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER note_version_is_final
    BEFORE INSERT OR UPDATE OR DELETE ON documentation_noteversion
    FOR EACH ROW EXECUTE FUNCTION guard_note_version();

CREATE FUNCTION guard_amendment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ending text[] := ARRAY['signed_at', 'withdrawn_at', 'withdrawn_by_id'];
BEGIN
    IF TG_OP = 'INSERT' AND EXISTS (
        SELECT 1 FROM documentation_note
        WHERE id = NEW.note_id AND signed_at IS NOT NULL AND version + 1 = NEW.number
    ) AND NEW.signed_at IS NULL AND NEW.withdrawn_at IS NULL THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.signed_at IS NULL AND OLD.withdrawn_at IS NULL
        AND to_jsonb(NEW) - ending = to_jsonb(OLD) - ending
        AND (NEW.signed_at IS NULL OR EXISTS (
            SELECT 1 FROM documentation_note
            WHERE id = NEW.note_id AND version = NEW.number AND signed_at IS NOT NULL
        ))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an amendment is written down once and ends once'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER amendment_is_append_only
    BEFORE INSERT OR UPDATE OR DELETE ON documentation_amendment
    FOR EACH ROW EXECUTE FUNCTION guard_amendment();

CREATE FUNCTION guard_version_pdf() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'ready' THEN
        RAISE EXCEPTION 'the PDF of an earlier version stays as it is'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER version_pdf_is_final BEFORE UPDATE ON documentation_noteversionpdf
    FOR EACH ROW EXECUTE FUNCTION guard_version_pdf();
"""

UNDO = """
DROP TRIGGER version_pdf_is_final ON documentation_noteversionpdf;
DROP FUNCTION guard_version_pdf();
DROP TRIGGER amendment_is_append_only ON documentation_amendment;
DROP FUNCTION guard_amendment();
DROP TRIGGER note_version_is_final ON documentation_noteversion;
DROP FUNCTION guard_note_version();

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

DROP FUNCTION amendment_is_open(bigint, smallint);
DROP FUNCTION note_is_put_aside(documentation_note);
DROP FUNCTION note_signature(jsonb);
"""


class Migration(migrations.Migration):
    dependencies = [("documentation", "0019_students_and_amended_notes")]

    operations = [migrations.RunSQL(GUARDS, UNDO)]
