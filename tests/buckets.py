"""The tests' bucket, asked past the services."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.infra import S3


@contextmanager
def client_of(s3: S3) -> Iterator[Any]:
    """A client of boto3, which takes its time to import."""
    import boto3
    from botocore.config import Config

    options = Config(
        s3={"addressing_style": "path"},
        request_checksum_calculation="when_required",
        connect_timeout=3,
        read_timeout=30,
    )
    client = boto3.client(
        "s3",
        endpoint_url=s3.endpoint_url,
        aws_access_key_id=s3.access_key,
        aws_secret_access_key=s3.secret_key,
        region_name=s3.region,
        config=options,
    )
    try:
        yield client
    finally:
        client.close()


def settings_of(s3: S3) -> dict[str, str]:
    """What a service is told of it."""
    return {
        "s3_endpoint_url": s3.endpoint_url,
        "s3_bucket": s3.bucket,
        "s3_access_key_id": s3.access_key,
        "s3_secret_access_key": s3.secret_key,
    }
