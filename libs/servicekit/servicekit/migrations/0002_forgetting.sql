-- Everything about one subject, in whatever tables there are: a table that is made later is not overlooked. And
-- tombstones, by which a compacted topic forgets.

ALTER TABLE outbox ALTER COLUMN payload DROP NOT NULL;
COMMENT ON COLUMN outbox.payload IS 'NULL: a tombstone.';

CREATE FUNCTION tables_naming(named text) RETURNS SETOF name
LANGUAGE sql STABLE AS $$
    SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE a.attname = named AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND c.relnamespace = current_schema()::regnamespace
    ORDER BY c.relname
$$;
COMMENT ON FUNCTION tables_naming IS 'The tables of this schema that have a column of that name.';

CREATE FUNCTION rows_naming(named text, subject text, but text[] DEFAULT '{}') RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    told jsonb := '{}';
    found jsonb;
    name text;
BEGIN
    FOR name IN SELECT t FROM tables_naming(named) AS t WHERE t <> ALL (but) LOOP
        EXECUTE format('SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r::text), ''[]'') FROM %I AS r WHERE %I = $1',
                       name, named) INTO found USING subject;
        told := told || jsonb_build_object(name, found);
    END LOOP;
    RETURN told;
END $$;
COMMENT ON FUNCTION rows_naming IS 'Table by table the rows whose column of that name is the subject, as objects.';

CREATE FUNCTION delete_naming(named text, subject text, but text[] DEFAULT '{}') RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    told jsonb := '{}';
    gone bigint;
    name text;
BEGIN
    FOR name IN SELECT t FROM tables_naming(named) AS t WHERE t <> ALL (but) LOOP
        EXECUTE format('DELETE FROM %I WHERE %I = $1', name, named) USING subject;
        GET DIAGNOSTICS gone = ROW_COUNT;
        told := told || jsonb_build_object(name, gone);
    END LOOP;
    RETURN told;
END $$;
COMMENT ON FUNCTION delete_naming IS 'Deletes these rows, and tells how many of each table. Acts as its caller.';
