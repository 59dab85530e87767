"""The registry of every topic. What is not here does not exist: brokers are told not to create topics by themselves."""

from contracts.topic import Service, Topic

COURSE_CHANGED = Topic(
    "course.changed",
    key="course id",
    producer="upload",
    consumers=("playback", "progress", "analytics"),
    cleanup="compact",
    outside=("LMS writes",),
    description="The whole state of a course after a change.",
)
LESSON_CHANGED = Topic(
    "lesson.changed",
    key="lesson id",
    producer="upload",
    consumers=("playback", "progress", "analytics"),
    cleanup="compact",
    outside=("LMS writes",),
    description="The whole state of a lesson, its video included, after a change.",
)
ASSET_READY = Topic(
    "asset.ready",
    key="lesson id",
    producer="upload",
    consumers=("playback", "progress", "analytics"),
    cleanup="delete",
    retention_days=30,
    description="A lesson's video became playable.",
)
ASSET_ERRORED = Topic(
    "asset.errored",
    key="lesson id",
    producer="upload",
    consumers=("playback", "progress", "analytics"),
    cleanup="delete",
    retention_days=30,
    description="A lesson's video failed, with the provider's reason.",
)
ASSET_DELETED = Topic(
    "asset.deleted",
    key="lesson id",
    producer="upload",
    consumers=("playback", "progress", "analytics"),
    cleanup="delete",
    retention_days=30,
    description="A lesson's video is gone.",
)
ENROLLMENT_CHANGED = Topic(
    "enrollment.changed",
    key="learner id/course id",
    producer="playback",
    consumers=("playback", "progress", "analytics"),
    cleanup="compact",
    outside=("LMS writes",),
    description="A learner's right to a course after a change.",
)
PLAYBACK_GRANTED = Topic(
    "playback.granted",
    key="learner id",
    producer="playback",
    consumers=("analytics",),
    cleanup="delete",
    retention_days=30,
    description="Somebody received signed playback of a lesson.",
)
WATCH_PROGRESS = Topic(
    "watch.progress",
    key="learner id",
    producer="progress",
    consumers=("progress", "analytics"),
    cleanup="delete",
    retention_days=30,
    description="One accepted progress request: a verified grant and the beats claimed under it.",
)
PROGRESS_ADVANCED = Topic(
    "progress.advanced",
    key="learner id",
    producer="progress",
    consumers=("playback", "analytics"),
    cleanup="delete",
    retention_days=30,
    description="Watching that was credited: what was newly covered and what was replayed.",
)
QUIZ_GRADED = Topic(
    "quiz.graded",
    key="learner id",
    producer="progress",
    consumers=("progress",),
    cleanup="delete",
    retention_days=30,
    outside=("LMS writes",),
    description="A learner's result in the quiz of a lesson.",
)
ATTEMPT_STARTED = Topic(
    "attempt.started",
    key="learner id/course id",
    producer="progress",
    consumers=("playback", "progress"),
    cleanup="compact",
    outside=("LMS writes",),
    description="A learner has to go through a course anew.",
)
LESSON_COMPLETED = Topic(
    "lesson.completed",
    key="learner id",
    producer="progress",
    consumers=("analytics",),
    cleanup="delete",
    retention_days=365,
    outside=("LMS reads", "certificates read"),
    description="A learner completed a lesson, once per attempt.",
)
COURSE_COMPLETED = Topic(
    "course.completed",
    key="learner id",
    producer="progress",
    consumers=("analytics",),
    cleanup="delete",
    retention_days=365,
    outside=("LMS reads", "certificates read"),
    description="A learner completed a course, once per attempt.",
)
LEARNER_ERASED = Topic(
    "learner.erased",
    key="learner id",
    producer="progress",
    consumers=("playback", "analytics"),
    cleanup="delete",
    retention_days=400,
    outside=("LMS reads",),
    description="A learner is to be forgotten. Kept for longer than any record that may still name the learner.",
)
PLAYBACK_ERASED = Topic(
    "playback.erased",
    key="erasure id",
    producer="playback",
    consumers=("progress",),
    cleanup="delete",
    retention_days=30,
    description="Playback has forgotten a learner.",
)
ANALYTICS_ERASED = Topic(
    "analytics.erased",
    key="erasure id",
    producer="analytics",
    consumers=("progress",),
    cleanup="delete",
    retention_days=30,
    description="Analytics has forgotten a learner.",
)
BUDGET_EXCEEDED = Topic(
    "budget.exceeded",
    key="course id, or platform",
    producer="analytics",
    consumers=("analytics",),
    cleanup="delete",
    retention_days=365,
    outside=("LMS reads",),
    description="What videos cost in a month has reached a share of its budget.",
)

TOPICS: tuple[Topic, ...] = (
    COURSE_CHANGED,
    LESSON_CHANGED,
    ASSET_READY,
    ASSET_ERRORED,
    ASSET_DELETED,
    ENROLLMENT_CHANGED,
    PLAYBACK_GRANTED,
    WATCH_PROGRESS,
    PROGRESS_ADVANCED,
    QUIZ_GRADED,
    ATTEMPT_STARTED,
    LESSON_COMPLETED,
    COURSE_COMPLETED,
    LEARNER_ERASED,
    PLAYBACK_ERASED,
    ANALYTICS_ERASED,
    BUDGET_EXCEEDED,
)


def all_topics() -> tuple[Topic, ...]:
    """Every topic with its dead-letter topic."""
    return tuple(t for topic in TOPICS for t in ((topic, topic.dead_letters) if topic.consumers else (topic,)))


def by_name(name: str) -> Topic:
    """The topic of that name; KeyError if there is none."""
    return {topic.name: topic for topic in TOPICS}[name]


def consumed_by(service: Service) -> tuple[Topic, ...]:
    """The topics that are for that service, whether or not it takes them."""
    return tuple(topic for topic in TOPICS if service in topic.consumers)


def about_learners(producer: Service) -> tuple[Topic, ...]:
    """The topics of that producer whose key begins with a learner's id."""
    return tuple(topic for topic in TOPICS if topic.producer == producer and topic.key.startswith("learner id"))
