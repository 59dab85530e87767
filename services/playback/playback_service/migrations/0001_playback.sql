-- Who may watch what (own table and projections), and who was given playback (audit).

CREATE TABLE enrollments (
    learner_id text        NOT NULL,
    course_id  text        NOT NULL,
    status     text        NOT NULL CHECK (status IN ('active', 'suspended', 'removed')),
    expires_at timestamptz,
    version    bigint      NOT NULL CHECK (version >= 1),
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (learner_id, course_id)
);

CREATE INDEX enrollments_of_course ON enrollments (course_id, learner_id);

COMMENT ON TABLE enrollments IS
    'A removed enrollment stays as a row: its version is what keeps an older event from bringing the right back.';

CREATE TABLE courses (
    course_id       text    PRIMARY KEY,
    owner_id        text    NOT NULL,
    published       boolean NOT NULL,
    public          boolean NOT NULL,
    deleted         boolean NOT NULL,
    max_rate        double precision,
    offline_grace_s bigint,
    version         bigint  NOT NULL
);

COMMENT ON COLUMN courses.max_rate IS 'NULL: the platform''s default; goes into watch grants, as offline_grace_s does.';

CREATE TABLE playable_lessons (
    lesson_id         text    PRIMARY KEY,
    course_id         text    NOT NULL,
    title             text    NOT NULL,
    processing_status text    NOT NULL,
    provider          text,
    playback_id       text,
    policy            text,
    s3_key            text,
    duration_ms       bigint,
    deleted           boolean NOT NULL,
    version           bigint  NOT NULL
);

COMMENT ON COLUMN playable_lessons.provider IS 'NULL: there is no video that could be played now.';

CREATE TABLE grants (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    learner_id   text        NOT NULL,
    lesson_id    text        NOT NULL,
    course_id    text        NOT NULL,
    session_id   uuid        NOT NULL,
    entitlement  text        NOT NULL CHECK (entitlement IN ('enrolled', 'public', 'owner', 'admin')),
    provider     text        NOT NULL,
    key_id       text,
    refresh      boolean     NOT NULL,
    address_hash bytea,
    issued_at    timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL
);

CREATE INDEX grants_of_learner ON grants (learner_id, issued_at);

COMMENT ON COLUMN grants.address_hash IS 'Keyed hash of the address: tells whether two are the same, not which.';

REVOKE UPDATE, DELETE ON grants FROM playback_app;

CREATE TABLE mint_limits (
    learner_id text        PRIMARY KEY,
    full_at    timestamptz NOT NULL
) WITH (fillfactor = 70);

COMMENT ON COLUMN mint_limits.full_at IS
    'When the learner''s bucket is full again; each mint moves it by one interval (generic cell rate algorithm).';
