"""What S3's failures mean to us."""

from botocore.exceptions import ClientError

from upload_service.errors import ObjectNotFound, StorageRefused, StorageUnauthorized, StorageUnavailable


def mapped(error: Exception) -> StorageUnavailable | ObjectNotFound | StorageRefused:
    """Down, slow or failing; our credentials; not there; or a refusal with S3's code."""
    if not isinstance(error, ClientError):
        return StorageUnavailable(type(error).__name__)
    code = error.response.get("Error", {}).get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if status == 404:
        return ObjectNotFound()
    if status in (401, 403):
        return StorageUnauthorized(code)
    if not code:  # no answer of S3's own: something between, or a server that stumbled
        return StorageUnavailable(f"HTTP {status}")
    if (status >= 500 and status != 501) or status in (408, 429) or code in ("SlowDown", "RequestTimeout"):
        return StorageUnavailable(code)
    return StorageRefused(code, code=code)
