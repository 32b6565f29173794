"""Groups keep their members together and within their places; equipment follows its appointment.

Each trigger locks the row it reads before it counts or compares, so that two writers who know
nothing of each other are judged one after the other.
"""

from django.db import migrations

IS_LIVE = """
CREATE FUNCTION scheduling_is_live(status text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT status IN ('booked', 'confirmed', 'arrived', 'in_session', 'completed')
$$;
"""

GROUPS = """
CREATE FUNCTION scheduling_judge_member() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    theirs scheduling_group;
    taken bigint;
BEGIN
    -- No second member is judged meanwhile, and the group does not move away.
    SELECT * INTO theirs FROM scheduling_group WHERE id = NEW.group_id FOR NO KEY UPDATE;
    IF (theirs.therapist_id, theirs.clinic_id, theirs.room_id, theirs.type_id,
            theirs.starts_at, theirs.ends_at)
        IS DISTINCT FROM (NEW.therapist_id, NEW.clinic_id, NEW.room_id, NEW.type_id,
            NEW.starts_at, NEW.ends_at)
    THEN
        RAISE EXCEPTION 'appointment % is not where and when its group meets', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'members_are_with_their_group';
    END IF;
    SELECT count(*) INTO taken FROM scheduling_appointment
        WHERE group_id = NEW.group_id AND scheduling_is_live(status);
    IF taken > theirs.capacity THEN
        RAISE EXCEPTION 'group % has % places', theirs.id, theirs.capacity
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_more_members_than_places';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER member_joins_its_group AFTER INSERT ON scheduling_appointment
    FOR EACH ROW WHEN (NEW.group_id IS NOT NULL AND scheduling_is_live(NEW.status))
    EXECUTE FUNCTION scheduling_judge_member();
CREATE TRIGGER member_stays_with_its_group AFTER UPDATE ON scheduling_appointment
    FOR EACH ROW WHEN (
        NEW.group_id IS NOT NULL AND scheduling_is_live(NEW.status)
        AND (
            NOT scheduling_is_live(OLD.status)
            OR (OLD.group_id, OLD.therapist_id, OLD.clinic_id, OLD.room_id, OLD.type_id,
                OLD.starts_at, OLD.ends_at)
            IS DISTINCT FROM (NEW.group_id, NEW.therapist_id, NEW.clinic_id, NEW.room_id,
                NEW.type_id, NEW.starts_at, NEW.ends_at)
        )
    )
    EXECUTE FUNCTION scheduling_judge_member();

CREATE FUNCTION scheduling_judge_group() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    places smallint;
BEGIN
    SELECT capacity INTO places FROM scheduling_appointmenttype WHERE id = NEW.type_id FOR SHARE;
    IF places < 2 THEN
        RAISE EXCEPTION 'type % is not for groups', NEW.type_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'groups_are_of_a_group_type';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER group_is_of_a_group_type AFTER INSERT OR UPDATE OF type_id ON scheduling_group
    FOR EACH ROW EXECUTE FUNCTION scheduling_judge_group();

CREATE FUNCTION scheduling_carry_members() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    taken bigint;
BEGIN
    SELECT count(*) INTO taken FROM scheduling_appointment
        WHERE group_id = NEW.id AND scheduling_is_live(status);
    IF taken > NEW.capacity THEN
        RAISE EXCEPTION 'group % has % members', NEW.id, taken
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_more_members_than_places';
    END IF;
    UPDATE scheduling_appointment
        SET therapist_id = NEW.therapist_id, clinic_id = NEW.clinic_id, room_id = NEW.room_id,
            type_id = NEW.type_id, starts_at = NEW.starts_at, ends_at = NEW.ends_at,
            version = version + 1
        WHERE group_id = NEW.id AND scheduling_is_live(status)
            AND (therapist_id, clinic_id, room_id, type_id, starts_at, ends_at)
            IS DISTINCT FROM (NEW.therapist_id, NEW.clinic_id, NEW.room_id, NEW.type_id,
                NEW.starts_at, NEW.ends_at);
    RETURN NULL;
END $$;

CREATE TRIGGER group_carries_its_members AFTER UPDATE ON scheduling_group
    FOR EACH ROW EXECUTE FUNCTION scheduling_carry_members();

CREATE FUNCTION scheduling_judge_type() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM scheduling_appointment JOIN scheduling_group
            ON scheduling_group.id = scheduling_appointment.group_id
        WHERE scheduling_group.type_id = NEW.id AND scheduling_group.ends_at > now()
            AND scheduling_is_live(scheduling_appointment.status)
    ) THEN
        RAISE EXCEPTION 'type % has groups that are still to come', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'groups_are_of_a_group_type';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER type_stays_for_groups_to_come AFTER UPDATE OF capacity
    ON scheduling_appointmenttype
    FOR EACH ROW WHEN (OLD.capacity > 1 AND NEW.capacity = 1)
    EXECUTE FUNCTION scheduling_judge_type();
"""
UNDO_GROUPS = """
DROP TRIGGER type_stays_for_groups_to_come ON scheduling_appointmenttype;
DROP TRIGGER group_carries_its_members ON scheduling_group;
DROP TRIGGER group_is_of_a_group_type ON scheduling_group;
DROP TRIGGER member_stays_with_its_group ON scheduling_appointment;
DROP TRIGGER member_joins_its_group ON scheduling_appointment;
DROP FUNCTION scheduling_judge_type();
DROP FUNCTION scheduling_carry_members();
DROP FUNCTION scheduling_judge_group();
DROP FUNCTION scheduling_judge_member();
"""

EQUIPMENT = """
CREATE FUNCTION scheduling_fill_in_use() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    its scheduling_appointment;
BEGIN
    SELECT * INTO its FROM scheduling_appointment WHERE id = NEW.appointment_id FOR SHARE;
    IF its.clinic_id IS DISTINCT FROM
        (SELECT clinic_id FROM scheduling_equipment WHERE id = NEW.equipment_id)
    THEN
        RAISE EXCEPTION 'equipment % is at another clinic', NEW.equipment_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'equipment_is_at_the_clinic';
    END IF;
    NEW.starts_at := its.starts_at;
    NEW.ends_at := its.ends_at;
    NEW.is_live := scheduling_is_live(its.status);
    RETURN NEW;
END $$;

CREATE TRIGGER use_is_as_its_appointment BEFORE INSERT OR UPDATE ON scheduling_equipmentuse
    FOR EACH ROW EXECUTE FUNCTION scheduling_fill_in_use();

CREATE FUNCTION scheduling_carry_uses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The trigger on the use itself writes what the appointment says now.
    UPDATE scheduling_equipmentuse SET is_live = is_live WHERE appointment_id = NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER appointment_carries_its_equipment AFTER UPDATE ON scheduling_appointment
    FOR EACH ROW WHEN (
        (OLD.starts_at, OLD.ends_at, OLD.clinic_id, scheduling_is_live(OLD.status))
        IS DISTINCT FROM (NEW.starts_at, NEW.ends_at, NEW.clinic_id, scheduling_is_live(NEW.status))
    )
    EXECUTE FUNCTION scheduling_carry_uses();
"""
UNDO_EQUIPMENT = """
DROP TRIGGER appointment_carries_its_equipment ON scheduling_appointment;
DROP TRIGGER use_is_as_its_appointment ON scheduling_equipmentuse;
DROP FUNCTION scheduling_carry_uses();
DROP FUNCTION scheduling_fill_in_use();
"""


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0007_groups_equipment_and_what_a_type_needs")]

    operations = [
        migrations.RunSQL(IS_LIVE, "DROP FUNCTION scheduling_is_live(text)"),
        migrations.RunSQL(GROUPS, UNDO_GROUPS),
        migrations.RunSQL(EQUIPMENT, UNDO_EQUIPMENT),
    ]
