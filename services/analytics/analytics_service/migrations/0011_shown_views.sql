-- Numbers for those who read them with SQL, Grafana for one: these views and nothing else is for them. No view names a
-- learner or shows a number of a group that is too small, and what is too small is put together by the rules of
-- docs/metrics.md: the same as the API's, for two different ones could be subtracted from each other. The views read
-- as their owner, so whoever reads them needs no right on any table, and as barriers: no condition of a reader's sees a
-- row that the view leaves out, not even to fail at it.

CREATE TABLE shown_from (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    learners bigint  NOT NULL DEFAULT 5 CHECK (learners >= 1)
);
INSERT INTO shown_from DEFAULT VALUES;
COMMENT ON TABLE shown_from IS 'rebuild: keep. One row: how many learners a group in the views has at least; ANALYTICS_SMALLEST_GROUP is the API''s.';

CREATE VIEW shown_lessons WITH (security_barrier = true) AS
SELECT c.course_id, c.title AS course, l.lesson_id, l.title AS lesson, l.position, l.duration_ms / 1000.0 AS duration_s,
       t.small AS suppressed,
       CASE WHEN NOT t.small THEN t.views END AS views,
       CASE WHEN NOT t.small THEN t.viewers END AS viewers,
       CASE WHEN NOT t.small THEN t.completions END AS completions,
       CASE WHEN NOT t.small THEN t.completed_viewers::double precision / nullif(t.viewers, 0) END AS completion_rate,
       CASE WHEN NOT t.small THEN t.watched_ms / 1000.0 END AS watch_s,
       CASE WHEN NOT t.small THEN t.spent_ms / 1000.0 END AS verified_s,
       CASE WHEN NOT t.small THEN t.as_of END AS as_of
FROM lessons l
JOIN courses c USING (course_id)
CROSS JOIN LATERAL (
    SELECT coalesce(sum(s.views), 0) AS views, coalesce(sum(s.viewers), 0) AS viewers,
           coalesce(sum(s.completions), 0) AS completions, coalesce(sum(s.completed_viewers), 0) AS completed_viewers,
           coalesce(sum(s.covered_ms + s.replayed_ms), 0) AS watched_ms, coalesce(sum(s.spent_ms), 0) AS spent_ms,
           max(s.as_of) AS as_of,
           coalesce(sum(s.viewers), 0) < (SELECT learners FROM shown_from) AND coalesce(bool_or(
               (s.views, s.viewers, s.completions, s.covered_ms, s.replayed_ms, s.spent_ms) <> (0, 0, 0, 0, 0, 0)), false)
               AS small
    FROM lesson_totals s WHERE s.lesson_id = l.lesson_id
) t
WHERE NOT l.deleted AND NOT c.deleted;
COMMENT ON VIEW shown_lessons IS 'A lesson''s numbers, of all its days and videos; null where suppressed.';

-- Days in a row, until one of them has enough viewers or enough came for the first time: the number of the period, the
-- most viewers of one of its days so far, and how many came. `disclosure.busy_periods` is the same in Python.
CREATE FUNCTION busy_period_step(so_far bigint[], viewers bigint, arrived bigint, wanted bigint) RETURNS bigint[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN greatest(so_far[2], so_far[3]) >= wanted THEN ARRAY[so_far[1] + 1, viewers, arrived]
            ELSE ARRAY[so_far[1], greatest(so_far[2], viewers), so_far[3] + arrived] END;

CREATE AGGREGATE busy_period(viewers bigint, arrived bigint, wanted bigint) (
    SFUNC = busy_period_step, STYPE = bigint[], INITCOND = '{0,0,0}'
);

CREATE VIEW shown_days WITH (security_barrier = true) AS
WITH days AS (
    SELECT d.lesson_id, d.day, sum(d.views)::bigint AS views, sum(d.viewers)::bigint AS viewers,
           sum(d.new_viewers)::bigint AS new_viewers, sum(d.completions)::bigint AS completions,
           sum(d.watched_ms)::bigint AS watched_ms, sum(d.spent_ms)::bigint AS spent_ms
    FROM lesson_days d GROUP BY d.lesson_id, d.day
), walked AS (
    SELECT d.*, busy_period(d.viewers, d.new_viewers, f.learners) OVER (PARTITION BY d.lesson_id ORDER BY d.day) AS state,
           f.learners AS wanted
    FROM days d CROSS JOIN shown_from f
), whole AS (
    SELECT w.*, w.state[1] AS period,
           max(w.state[1]) FILTER (WHERE greatest(w.state[2], w.state[3]) >= w.wanted) OVER (PARTITION BY w.lesson_id)
               AS last_whole
    FROM walked w
)
SELECT l.course_id, w.lesson_id, min(w.day) AS first_day, max(w.day) AS last_day, sum(w.views)::bigint AS views,
       sum(w.viewers)::bigint AS viewers, sum(w.new_viewers)::bigint AS new_viewers,
       sum(w.completions)::bigint AS completions, sum(w.watched_ms) / 1000.0 AS watch_s,
       sum(w.spent_ms) / 1000.0 AS verified_s
FROM whole w JOIN lessons l USING (lesson_id) JOIN courses c USING (course_id)
WHERE w.last_whole IS NOT NULL AND NOT l.deleted AND NOT c.deleted
GROUP BY l.course_id, w.lesson_id, least(w.period, w.last_whole);
COMMENT ON VIEW shown_days IS 'A lesson''s days (UTC), put together until they may be shown; what is left at the end belongs to the last ones.';

CREATE VIEW shown_tallies WITH (security_barrier = true) AS
SELECT l.course_id, l.lesson_id, t.kind, t.name, t.times, t.learners, t.ms / 1000.0 AS seconds
FROM lessons l
JOIN courses c USING (course_id)
CROSS JOIN LATERAL (
    SELECT s.kind, s.name, sum(s.times)::bigint AS times, sum(s.learners)::bigint AS learners, sum(s.ms)::bigint AS ms
    FROM lesson_tallies s
    WHERE s.lesson_id = l.lesson_id AND s.video_revision = l.video_revision
      AND s.kind IN ('play', 'quality', 'error', 'stall', 'speed')
    GROUP BY s.kind, s.name HAVING sum(s.learners) >= (SELECT learners FROM shown_from)
) t
WHERE NOT l.deleted AND NOT c.deleted;
COMMENT ON VIEW shown_tallies IS 'What players told of the lesson''s present video, and speeds; seeks, which the API puts together by buckets, are not here.';

CREATE VIEW shown_shares WITH (security_barrier = true) AS
SELECT w.course_id, w.lesson_id, w.kind, w.name, p.split, p.part, p.others AS with_others,
       CASE WHEN p.others THEN p.times + p.other_times ELSE p.times END AS times,
       CASE WHEN NOT p.others THEN p.learners END AS learners,
       CASE WHEN p.others THEN p.ms + p.other_ms ELSE p.ms END / 1000.0 AS seconds
FROM shown_tallies w
CROSS JOIN LATERAL (
    SELECT large.*, large.first AND (large.other_times > 0 OR large.other_ms > 0) AS others
    FROM (
        SELECT s.split, s.part, s.times, s.learners, s.ms,
               row_number() OVER (PARTITION BY s.split ORDER BY s.learners, s.part COLLATE "C") = 1 AS first,
               (w.times - sum(s.times) OVER (PARTITION BY s.split))::bigint AS other_times,
               ((w.seconds * 1000)::bigint - sum(s.ms) OVER (PARTITION BY s.split))::bigint AS other_ms
        FROM (
            SELECT split_part(t.kind, '/', 2) AS split, split_part(t.name, '/', 2) AS part,
                   sum(t.times)::bigint AS times, sum(t.learners)::bigint AS learners, sum(t.ms)::bigint AS ms
            FROM lesson_tallies t JOIN lessons l USING (lesson_id, video_revision)
            WHERE t.lesson_id = w.lesson_id AND split_part(t.name, '/', 1) = w.name
              AND t.kind IN (w.kind || '/player', w.kind || '/browser', w.kind || '/country')
            GROUP BY 1, 2 HAVING sum(t.learners) >= (SELECT learners FROM shown_from)
        ) s
    ) large
) p;
COMMENT ON VIEW shown_shares IS 'shown_tallies by player, browser and country: the smallest part has those with it that are too small, and then no number of learners.';

CREATE VIEW shown_retention WITH (security_barrier = true) AS
SELECT s.course_id, s.lesson_id, b.from_s, b.unique_viewers, b.replays
FROM shown_lessons s
CROSS JOIN LATERAL (
    SELECT greatest(1, ceil(reach.ms / 200000.0))::integer AS width, reach.ms
    FROM (
        SELECT coalesce(l.duration_ms, (SELECT max(r.second + (r.late_ms <> 0 OR r.again_late_ms <> 0)::integer) * 1000::bigint
                                        FROM retention_cells r
                                        WHERE r.lesson_id = l.lesson_id AND r.video_revision = l.video_revision), 0) AS ms
        FROM lessons l WHERE l.lesson_id = s.lesson_id
    ) reach
) w
CROSS JOIN LATERAL (
    SELECT f.second / w.width * w.width AS from_s,
           sum(f.watched_ms) / least(w.width * 1000, w.ms - f.second / w.width * w.width * 1000) AS unique_viewers,
           sum(f.again_ms) / least(w.width * 1000, w.ms - f.second / w.width * w.width * 1000) AS replays
    FROM (
        SELECT at.second, 1000 * sum(coalesce(e.edges, 0)) OVER up - coalesce(e.late_ms, 0) AS watched_ms,
               1000 * sum(coalesce(e.again_edges, 0)) OVER up - coalesce(e.again_late_ms, 0) AS again_ms
        FROM generate_series(0, (ceil(w.ms / 1000.0) - 1)::integer) AS at(second)
        LEFT JOIN (
            SELECT r.second, sum(r.edges) AS edges, sum(r.late_ms) AS late_ms, sum(r.again_edges) AS again_edges,
                   sum(r.again_late_ms) AS again_late_ms
            FROM retention_cells r JOIN lessons l USING (lesson_id, video_revision)
            WHERE r.lesson_id = s.lesson_id
            GROUP BY r.second
        ) e USING (second)
        WINDOW up AS (ORDER BY at.second)
    ) f
    GROUP BY f.second / w.width
) b
WHERE NOT s.suppressed;
COMMENT ON VIEW shown_retention IS 'Mean watchers of the lesson''s present video in at most 200 buckets; from_s in seconds of media. Ask for one lesson at a time.';

REVOKE INSERT, UPDATE, DELETE ON shown_from, shown_lessons, shown_days, shown_tallies, shown_shares, shown_retention
    FROM analytics_app, analytics_worker;
