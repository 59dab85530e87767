-- What courses say of hidden pages and of seeking ahead, how far learners may seek, and rights that are taken back.

ALTER TABLE courses
    ADD COLUMN hidden_pages   text,
    ADD COLUMN seek_locked    boolean NOT NULL DEFAULT false,
    ADD COLUMN rights_version bigint  NOT NULL DEFAULT 0;

COMMENT ON COLUMN courses.hidden_pages IS 'NULL: the platform''s default; goes into watch grants.';
COMMENT ON COLUMN courses.seek_locked IS 'Learners may seek no further than they have watched: their players obey.';
COMMENT ON COLUMN courses.rights_version IS
    'Grows with everything that may take a right in the course away. Whoever grants by a right holds this row while '
    'the grant is recorded, and only if the number is the one that was read with the right.';

CREATE TABLE seek_frontiers (
    learner_id  text    NOT NULL,
    lesson_id   text    NOT NULL,
    attempt     integer NOT NULL DEFAULT 1,
    revision    bigint  NOT NULL,
    frontier_ms bigint  NOT NULL,
    PRIMARY KEY (learner_id, lesson_id)
) WITH (fillfactor = 70);

COMMENT ON TABLE seek_frontiers IS
    'How far a lesson was watched from its beginning, as progress announces it: of courses with a seek lock only. '
    'Of the newest attempt and revision of the video, and there it only grows.';

-- Triggers, so that it holds for every writer of rights, also those to come, and an operator's console.

CREATE FUNCTION take_rights(course_ids text[]) RETURNS void LANGUAGE sql AS $$
    UPDATE courses SET rights_version = rights_version + 1
    FROM (SELECT course_id FROM courses WHERE course_id = ANY (course_ids) ORDER BY course_id FOR NO KEY UPDATE) AS held
    WHERE courses.course_id = held.course_id
$$;

CREATE FUNCTION enrollments_took_rights() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN  -- of a public course, where the unenrolled may watch and the suspended may not
        PERFORM take_rights(ARRAY(SELECT DISTINCT course_id FROM after WHERE status <> 'active'));
    ELSIF TG_OP = 'UPDATE' THEN
        PERFORM take_rights(ARRAY(
            SELECT DISTINCT course_id FROM before JOIN after USING (learner_id, course_id)
            WHERE (before.status, before.expires_at) IS DISTINCT FROM (after.status, after.expires_at)
              AND (after.status <> 'active' OR after.expires_at < coalesce(before.expires_at, 'infinity'))
        ));
    ELSE
        PERFORM take_rights(ARRAY(SELECT DISTINCT course_id FROM before));
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER inserted_takes_rights AFTER INSERT ON enrollments
    REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION enrollments_took_rights();
CREATE TRIGGER updated_takes_rights AFTER UPDATE ON enrollments
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION enrollments_took_rights();
CREATE TRIGGER deleted_takes_rights AFTER DELETE ON enrollments
    REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION enrollments_took_rights();

CREATE FUNCTION lessons_took_rights() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM take_rights(ARRAY(
        SELECT DISTINCT before.course_id FROM before JOIN after USING (lesson_id)
        WHERE (before.course_id, before.deleted) IS DISTINCT FROM (after.course_id, after.deleted)
    ));
    RETURN NULL;
END
$$;

CREATE TRIGGER updated_takes_rights AFTER UPDATE ON playable_lessons
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION lessons_took_rights();

CREATE FUNCTION course_took_rights() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.rights_version := OLD.rights_version + 1;
    RETURN NEW;
END
$$;

CREATE TRIGGER updated_takes_rights BEFORE UPDATE ON courses FOR EACH ROW
    WHEN ((OLD.owner_id, OLD.published, OLD.public, OLD.deleted)
          IS DISTINCT FROM (NEW.owner_id, NEW.published, NEW.public, NEW.deleted))
    EXECUTE FUNCTION course_took_rights();
