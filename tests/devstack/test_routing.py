"""Who answers which path."""

import pytest

from devstack.routing import WEB, resolve

PATHS = [
    ("/api/videos/mux/upload-url", "upload"),
    ("/api/videos/mux/webhook", "upload"),
    ("/api/videos/mux/playback", "upload"),
    ("/api/videos/lesson-1/playback", "playback"),
    ("/api/uploads", "upload"),
    ("/api/uploads/1", "upload"),
    ("/api/files/a/b.pdf", "upload"),
    ("/api/lessons/lesson-1", "upload"),
    ("/api/migrations", "upload"),
    ("/api/courses/lessons/lesson-1/upload-video", "upload"),
    ("/api/courses/c", "upload"),
    ("/api/courses/c/lessons/l", "upload"),
    ("/api/courses/c/enrollments", "playback"),
    ("/api/courses/c/enrollments/hana", "playback"),
    ("/api/playback/enrollments", "playback"),
    ("/api/playback/enrollments/c", "playback"),
    ("/api/playback/enrollments/c/hana", WEB),
    ("/api/progress", "progress"),
    ("/api/progress/lessons/l", "progress"),
    ("/api/analytics/courses/c", "analytics"),
    ("/", WEB),
    ("/courses/c", WEB),
    ("/api", WEB),
    ("/api/videosx/l/playback", WEB),
    ("/api/videos/a/b/playback", WEB),
    ("/services/upload/anything", WEB),
    ("/services/nobody/health/live", WEB),
]


@pytest.mark.parametrize(("path", "service"), PATHS)
def test_paths_reach_their_service(path: str, service: str) -> None:
    """Every documented path has one answerer, and the rest is the web app's; a service sees the whole path."""
    assert resolve(path) == (service, path)


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics", "/openapi.json"])
def test_operations_lose_their_prefix(path: str) -> None:
    """Each service's own health, metrics and description are under its name."""
    for service in ("upload", "playback", "progress", "analytics"):
        assert resolve(f"/services/{service}{path}") == (service, path)
