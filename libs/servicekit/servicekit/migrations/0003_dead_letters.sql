-- What administrators decided about dead letters and what came of it. The letters themselves stay in Kafka.
-- A service's roles reach rows by these functions only, so that nobody who serves or works can change what was noted.

CREATE TABLE dead_letter_audit (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic     text        NOT NULL,
    partition integer     NOT NULL,
    position  bigint      NOT NULL,
    buried_at timestamptz NOT NULL,
    action    text        NOT NULL CHECK (action IN ('redrive', 'discard', 'redriven', 'failed')),
    actor     text        NOT NULL,
    note      text,
    noted_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (topic, partition, position, buried_at, action)
);

COMMENT ON TABLE dead_letter_audit IS 'rebuild: keep. Rows are added and never changed.';
COMMENT ON COLUMN dead_letter_audit.topic IS 'Where the record died, without the deployment''s prefix; the letter is in <topic>.dlq.';
COMMENT ON COLUMN dead_letter_audit.position IS 'The letter''s offset. buried_at tells it from one of a topic that was made anew.';
COMMENT ON COLUMN dead_letter_audit.action IS 'redrive and discard were asked for by a person; redriven and failed are what the worker did.';

CREATE FUNCTION keep_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON dead_letter_audit
FOR EACH ROW EXECUTE FUNCTION keep_audit();

-- Bodies that are parsed now hold on to these very tables, in whatever schema they come to be.
CREATE FUNCTION note_dead_letters(
    p_action text, p_actor text, p_note text,
    p_topics text[], p_partitions integer[], p_positions bigint[], p_buried timestamptz[]
) RETURNS bigint LANGUAGE sql SECURITY DEFINER
BEGIN ATOMIC
    WITH noted AS (
        INSERT INTO dead_letter_audit (topic, partition, position, buried_at, action, actor, note)
        SELECT l.topic, l.partition, l.position, l.buried_at, p_action, p_actor, p_note
        FROM unnest(p_topics, p_partitions, p_positions, p_buried) AS l (topic, partition, position, buried_at)
        ORDER BY l.topic, l.partition, l.position
        ON CONFLICT DO NOTHING RETURNING id
    )
    SELECT count(*) FROM noted;
END;
COMMENT ON FUNCTION note_dead_letters IS 'Adds a row for each letter that has none of this action; returns how many.';

CREATE FUNCTION dead_letters_noted(p_topics text[]) RETURNS SETOF dead_letter_audit
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT * FROM dead_letter_audit WHERE topic = ANY (p_topics) ORDER BY id;
END;

CREATE FUNCTION dead_letter_history(p_before bigint, p_limit integer) RETURNS SETOF dead_letter_audit
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT * FROM dead_letter_audit WHERE id < p_before ORDER BY id DESC LIMIT p_limit;
END;

CREATE FUNCTION redrives_to_do(p_after bigint, p_limit integer) RETURNS SETOF dead_letter_audit
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT asked.* FROM dead_letter_audit asked
    WHERE asked.id > p_after AND asked.action = 'redrive' AND NOT EXISTS (
        SELECT FROM dead_letter_audit done
        WHERE done.topic = asked.topic AND done.partition = asked.partition AND done.position = asked.position
            AND done.buried_at = asked.buried_at AND done.action IN ('redriven', 'failed'))
    ORDER BY asked.id LIMIT p_limit;
END;
COMMENT ON FUNCTION redrives_to_do IS 'What was asked for and is not done, in the order in which it was asked for.';

CREATE FUNCTION outbox_state() RETURNS TABLE (waiting bigint, parked bigint, oldest_s float)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT count(*) FILTER (WHERE parked_at IS NULL), count(*) FILTER (WHERE parked_at IS NOT NULL),
           coalesce(extract(epoch FROM now() - min(created_at) FILTER (WHERE parked_at IS NULL)), 0)::float
    FROM outbox;
END;
COMMENT ON FUNCTION outbox_state IS 'Figures only: what waits in it is not for every role to see.';
