"""A document's bytes are those its hash says and never change; its card says anew what it is, no
more. Nothing is deleted, and what a case rests on is not removed."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION guard_attachment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- A merge of two records moves a document to the patient who is kept.
    may_change text[] := ARRAY['patient_id'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a document is removed, never deleted'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.removed_at IS NULL THEN
        may_change := may_change || ARRAY[
            'title', 'kind', 'episode_id', 'plan_id', 'visit_id',
            'removed_at', 'removed_by_id', 'removal_reason'
        ];
    END IF;
    IF to_jsonb(NEW) - may_change <> to_jsonb(OLD) - may_change THEN
        RAISE EXCEPTION 'a document stays what came in, and a removed one stays as it was'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.removed_at IS NOT NULL AND OLD.removed_at IS NULL AND EXISTS (
        SELECT 1 FROM documentation_episode WHERE order_document_id = NEW.id
    ) THEN
        RAISE EXCEPTION 'a case rests on this document'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER attachments_stay BEFORE UPDATE OR DELETE ON documentation_attachment
    FOR EACH ROW EXECUTE FUNCTION guard_attachment();

CREATE FUNCTION guard_attachment_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND EXISTS (
        SELECT 1 FROM documentation_attachment
        WHERE id = NEW.attachment_id AND size = length(NEW.content)
            AND sha256 = encode(sha256(NEW.content), 'hex')
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the bytes of a document are those that came in'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER attachment_bytes_stay
    BEFORE INSERT OR UPDATE OR DELETE ON documentation_attachmentfile
    FOR EACH ROW EXECUTE FUNCTION guard_attachment_file();

CREATE FUNCTION attachment_has_bytes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM documentation_attachmentfile WHERE attachment_id = NEW.id) THEN
        RAISE EXCEPTION 'a document without its bytes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER attachments_have_bytes AFTER INSERT ON documentation_attachment
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION attachment_has_bytes();

CREATE FUNCTION guard_order_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Waits for whoever is removing the document.
    PERFORM 1 FROM documentation_attachment
        WHERE id = NEW.order_document_id AND removed_at IS NULL FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a case does not rest on a document that was removed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER order_documents_stand BEFORE INSERT OR UPDATE OF order_document_id
    ON documentation_episode FOR EACH ROW WHEN (NEW.order_document_id IS NOT NULL)
    EXECUTE FUNCTION guard_order_document();

-- What is packed already is not packed once more.
ALTER TABLE documentation_attachmentfile ALTER COLUMN content SET STORAGE EXTERNAL;
"""

UNDO = """
ALTER TABLE documentation_attachmentfile ALTER COLUMN content SET STORAGE EXTENDED;
DROP TRIGGER order_documents_stand ON documentation_episode;
DROP FUNCTION guard_order_document();
DROP TRIGGER attachments_have_bytes ON documentation_attachment;
DROP FUNCTION attachment_has_bytes();
DROP TRIGGER attachment_bytes_stay ON documentation_attachmentfile;
DROP FUNCTION guard_attachment_file();
DROP TRIGGER attachments_stay ON documentation_attachment;
DROP FUNCTION guard_attachment();
"""


class Migration(migrations.Migration):
    dependencies = [("documentation", "0027_documents_from_outside")]

    operations = [migrations.RunSQL(GUARDS, UNDO)]
