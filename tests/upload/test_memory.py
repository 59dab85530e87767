"""A large video passes through the service without ever being in it (A3)."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from devstack.ports import free_port
from servicekit.auth import issue_token
from tests.buckets import client_of
from tests.databases import Database
from tests.infra import S3
from tests.upload.conftest import JWT_SECRET, OWNER

BODY_BYTES = int(os.environ.get("LARGE_BODY_MIB", "512")) << 20
"""Far beyond the ceiling. 2 GiB (LARGE_BODY_MIB=2048) pass within the same one, and take over a minute here."""
GROWTH_BYTES = 96 << 20
_CHUNK = bytes(range(256)) * 1024
_HEAD = b'--x\r\nContent-Disposition: form-data; name="video"; filename="a.mp4"\r\nContent-Type: video/mp4\r\n\r\n'
_MP4 = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(16)


def form() -> Iterator[bytes]:
    """A form with a video of BODY_BYTES, made as it is sent."""
    yield _HEAD + _MP4
    left = BODY_BYTES - len(_MP4)
    while left > 0:
        yield _CHUNK[:left]
        left -= len(_CHUNK)
    yield b"\r\n--x--\r\n"


@contextmanager
def served(environment: dict[str, str], log: Path) -> Iterator[tuple[str, psutil.Process]]:
    """The service as a process of its own."""
    port = free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "upload_service.app"],
            env={**os.environ, **environment, "HTTP_PORT": str(port)},
            stdout=output,
            stderr=output,
        )
    base_url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 120
        while True:
            try:
                httpx.get(f"{base_url}/health/live", timeout=5).raise_for_status()
                break
            except httpx.TransportError:
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.05)
        yield base_url, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(20)


def highest(process: psutil.Process) -> int:
    """The most memory that the process ever held, by the kernel's account."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


@pytest.mark.timeout(600)
@pytest.mark.skipif(sys.platform != "linux", reason="the highest mark of memory is read from Linux's /proc")
def test_a_large_video_passes_within_a_ceiling_of_memory(
    make_database: Callable[[str], Database], s3: S3, tmp_path: Path
) -> None:
    """A3: the process grows by less than 96 MiB whatever passes, writes nothing to disk, and all of it arrives."""
    spool = tmp_path / "spool"
    spool.mkdir()
    environment = {
        "DATABASE_URL_UPLOAD": make_database("upload").app_url,
        "AUTH_JWT_SECRET": JWT_SECRET,
        "S3_ENDPOINT_URL": s3.endpoint_url,
        "S3_BUCKET": s3.bucket,
        "S3_ACCESS_KEY_ID": s3.access_key,
        "S3_SECRET_ACCESS_KEY": s3.secret_key,
        "TMPDIR": str(spool),
    }
    token = issue_token(JWT_SECRET, OWNER, "instructor")
    with (
        served(environment, tmp_path / "log") as (base_url, process),
        httpx.Client(base_url=base_url, headers={"Authorization": f"Bearer {token}"}, timeout=120) as http,
    ):
        http.put("/api/courses/c1", json={"title": "Course"}).raise_for_status()
        http.put("/api/courses/c1/lessons/l1", json={"title": "Lesson"}).raise_for_status()
        before = highest(process)
        response = http.post(
            "/api/courses/lessons/l1/upload-video",
            content=form(),
            headers={"Content-Type": "multipart/form-data; boundary=x"},
        )
        assert response.status_code == 200, response.text
        grown = highest(process) - before
        address = response.json()["videoUrl"]
        assert http.get("/api/lessons/l1").json()["videoUrl"] == address
        assert list(spool.iterdir()) == []
    assert grown < GROWTH_BYTES, f"grew by {grown >> 20} MiB"
    assert stored_bytes(s3, address) == BODY_BYTES


def stored_bytes(s3: S3, address: str) -> int:
    key = address.removeprefix(f"{s3.endpoint_url}/{s3.bucket}/")
    with client_of(s3) as client:
        size: int = client.head_object(Bucket=s3.bucket, Key=key)["ContentLength"]
        client.delete_object(Bucket=s3.bucket, Key=key)
    return size
