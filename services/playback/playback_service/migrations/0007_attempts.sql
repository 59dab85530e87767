-- Which attempt at a course a learner is in (recertification). Whoever has no row here is in the first.

CREATE TABLE attempts (
    learner_id text    NOT NULL,
    course_id  text    NOT NULL,
    attempt    integer NOT NULL CHECK (attempt >= 2),
    PRIMARY KEY (learner_id, course_id)
);

COMMENT ON TABLE attempts IS
    'Goes into watch grants: what is watched under a grant counts for this attempt and no other. Numbers only rise.';
