"""Presigned addresses for lessons that play from S3. Signing is local: no request leaves."""

from urllib.parse import quote

from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


class Presigner:
    """Signs GETs for the objects under one base address, as AWS Signature Version 4 in the query."""

    def __init__(self, base_url: str, credentials: Credentials, region: str) -> None:
        self._base_url, self._credentials, self._region = base_url.rstrip("/"), credentials, region

    def url(self, key: str, *, seconds: int) -> str:
        """An address that answers GET of the object for so many seconds."""
        request = AWSRequest("GET", f"{self._base_url}/{quote(key, safe='/~')}")
        S3SigV4QueryAuth(self._credentials, "s3", self._region, expires=seconds).add_auth(request)
        return str(request.url)
