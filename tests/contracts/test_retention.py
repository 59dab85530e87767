"""How long Kafka keeps what, asked of a broker that was given the topics."""

from collections.abc import Collection
from typing import Any

from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from contracts.topics import all_topics
from servicekit import kafka
from servicekit.settings import CommonSettings
from tests.polling import until

COMPACTED = {"course.changed", "lesson.changed", "enrollment.changed", "attempt.started"}
DAYS = {"lesson.completed": 365, "course.completed": 365, "budget.exceeded": 365, "learner.erased": 400}
OTHERS = 30
DAY_MS = 86_400_000


async def test_the_broker_keeps_each_topic_for_as_long_as_promised(kafka_bootstrap: str, topic_prefix: str) -> None:
    """Row G8: states are compacted to the newest of a key, watching and dead letters go after thirty days, completions
    after a year, and the word of an erasure outlives all that it has to keep out."""
    settings = CommonSettings(kafka_bootstrap_servers=kafka_bootstrap, kafka_topic_prefix=topic_prefix)
    await kafka.ensure_topics(settings, all_topics())
    names = {topic_prefix + topic.name: topic.name for topic in all_topics()}
    found = await until(lambda: told(settings, names.keys()))
    for resource in found:
        name, values = names[resource[3]], {entry[0]: entry[1] for entry in resource[4]}
        if name in COMPACTED:
            assert values["cleanup.policy"] == "compact", name
        else:
            kept = (values["cleanup.policy"], int(values["retention.ms"]))
            assert kept == ("delete", DAYS.get(name, OTHERS) * DAY_MS), name
    assert DAYS["learner.erased"] > max(days for name, days in DAYS.items() if name != "learner.erased")


async def told(settings: CommonSettings, names: Collection[str]) -> list[Any]:
    """What the broker says of all these topics; nothing as long as it does not know one that was just created."""
    async with kafka._admin(settings, 30) as admin:
        asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
        found = [one for answer in await admin.describe_configs(asked) for one in answer.resources]
    assert {resource[3] for resource in found} == set(names)
    return found if all(resource[0] == 0 for resource in found) else []
