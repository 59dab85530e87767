"""The ground that the other tests stand on is itself real: databases, broker, object store."""

from collections.abc import Callable
from uuid import uuid4

import asyncpg
import boto3
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.databases import Database
from tests.infra import S3


@pytest.mark.parametrize("service", ["upload", "playback", "progress", "analytics"])
async def test_application_role_reads_and_owns_nothing(make_database: Callable[..., Database], service: str) -> None:
    """A service's database is migrated, its owner may create tables and its application role may not."""
    database = make_database(service)
    owner = await asyncpg.connect(database.owner_url, timeout=60)
    assert await owner.fetchval("SELECT count(*) FROM schema_migrations") > 0
    await owner.close()
    app = await asyncpg.connect(database.app_url, timeout=60)
    assert await app.fetchval("SELECT count(*) FROM pg_tables WHERE tableowner = current_user") == 0
    assert not await app.fetchval("SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = current_user")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute("CREATE TABLE mine (id int)")
    await app.close()


async def test_one_service_cannot_enter_anothers_database(make_database: Callable[..., Database]) -> None:
    """The password of one service opens no other service's database."""
    upload, progress = make_database("upload"), make_database("progress")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(progress.app_url.replace("progress_app", "upload_app"), timeout=60)
    assert upload.name != progress.name


async def test_wrong_password_is_refused(make_database: Callable[..., Database]) -> None:
    """Passwords are checked, not only asked for."""
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(make_database("upload").app_url.replace("seatime-tests", "guess"), timeout=60)


async def test_broker_keeps_what_it_acknowledged(kafka_bootstrap: str, topic_prefix: str) -> None:
    """A record sent with acks=all comes back with its key; a topic that nobody created does not appear by itself."""
    topic = f"{topic_prefix}records"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 2, 1)])
    async with AIOKafkaProducer(bootstrap_servers=kafka_bootstrap, acks="all", enable_idempotence=True) as producer:
        await producer.send_and_wait(topic, b"value", key=b"key")
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=kafka_bootstrap, auto_offset_reset="earliest")
    async with consumer:
        record = await consumer.getone()
    assert (record.key, record.value) == (b"key", b"value")
    assert f"{topic_prefix}other" not in await admin.list_topics()
    await admin.close()


def test_object_store_checks_signatures(s3: S3) -> None:
    """The right key stores and reads an object, a wrong one is refused."""
    key = f"tests/{uuid4().hex}"
    right, wrong = _client(s3, s3.secret_key), _client(s3, "guess")
    right.put_object(Bucket=s3.bucket, Key=key, Body=b"hello")
    assert right.get_object(Bucket=s3.bucket, Key=key)["Body"].read() == b"hello"
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        wrong.get_object(Bucket=s3.bucket, Key=key)
    right.delete_object(Bucket=s3.bucket, Key=key)
    right.close()
    wrong.close()


def _client(s3: S3, secret: str):
    config = Config(
        s3={"addressing_style": "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return boto3.client(
        "s3",
        endpoint_url=s3.endpoint_url,
        aws_access_key_id=s3.access_key,
        aws_secret_access_key=secret,
        region_name=s3.region,
        config=config,
    )
