"""Every endpoint of every service against generated good and bad input: clear problems, never a server error."""

import base64
import json
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest
import schemathesis
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import response_schema_conformance

from contracts.topics import all_topics
from mux_sim.testing import Simulator
from servicekit import kafka
from servicekit.auth import issue_token
from servicekit.settings import CommonSettings
from tests.databases import Database, run_apart
from tests.serving import serving

SECRET = "a secret of the tests that is long enough to sign with"
SERVICES = ("upload", "playback", "progress", "analytics")
EXAMPLES = 12
PROBLEM_TYPE = re.compile(r"urn:seatime:problem:[a-z0-9-]+")


def _pem(key: Any, private: bool) -> str:
    if private:
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    else:
        pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(pem).decode()


@pytest.fixture(params=SERVICES)
def api(
    request: pytest.FixtureRequest,
    make_database: Callable[[str], Database],
    kafka_bootstrap: str,
    topic_prefix: str,
    mux: Simulator,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    service: str = request.param
    grants = ed25519.Ed25519PrivateKey.generate()
    environment = {
        f"DATABASE_URL_{service.upper()}": make_database(service).app_url,
        "KAFKA_BOOTSTRAP_SERVERS": kafka_bootstrap,
        "KAFKA_TOPIC_PREFIX": topic_prefix,
        "AUTH_JWT_SECRET": SECRET,
        "MUX_BASE_URL": mux.base_url,
        "LESSON_STREAM_S": "0.5",
        "MUX_TOKEN_ID": mux.token_id,
        "MUX_TOKEN_SECRET": mux.token_secret,
        "MUX_WEBHOOK_SECRETS": mux.webhook_secret,
        "MUX_SIGNING_KEY": "key",
        "MUX_PRIVATE_KEY": _pem(rsa.generate_private_key(65537, 2048), private=True),
        "SIGNING_KEYS_SECRET": base64.urlsafe_b64encode(b"k" * 32).decode(),
        "S3_ENDPOINT_URL": "http://127.0.0.1:9",
        "S3_ACCESS_KEY_ID": "key",
        "S3_SECRET_ACCESS_KEY": "secret",
        "WATCH_GRANT_KEY_ID": "g1",
        "WATCH_GRANT_PRIVATE_KEY": _pem(grants, private=True),
        "EVIDENCE_KEY_ID": "e1",
        "EVIDENCE_PRIVATE_KEY": _pem(ed25519.Ed25519PrivateKey.generate(), private=True),
        "ERASURE_KEY": SECRET,
        "WEBHOOK_SEALING_SECRET": base64.urlsafe_b64encode(bytes(32)).decode(),
        "WATCH_GRANT_PUBLIC_KEYS": json.dumps({"g1": _pem(grants, private=False)}),
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    run_apart(kafka.ensure_topics(CommonSettings(), all_topics()))
    package = import_module(f"{service}_service.app")
    configuration = import_module(f"{service}_service.settings").Settings()
    with serving(package.create_app(configuration)) as base_url:
        yield base_url


@pytest.mark.timeout(900)
def test_any_input_gets_an_answer_that_is_no_server_error(api: str) -> None:
    """Generated input, valid or not, is answered below 500, as the document says, and each refusal is a problem with a
    stable type."""
    schema = schemathesis.openapi.from_url(f"{api}/openapi.json")
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) > 3
    token = issue_token(SECRET, "admin-1", "admin")
    for operation in operations:
        for mode in GenerationMode:
            if mode is GenerationMode.NEGATIVE and not _can_be_wrong(operation):
                continue
            strategy = operation.as_strategy(generation_mode=mode)

            @settings(
                max_examples=EXAMPLES,
                deadline=None,
                database=None,
                phases=(Phase.explicit, Phase.generate),
                suppress_health_check=list(HealthCheck),
            )
            @given(case=strategy)
            def send(case: Case) -> None:
                _judge(case, case.call(headers={"Authorization": f"Bearer {token}"}, timeout=60))

            try:
                send()
            except Unsatisfiable:  # as above, when hypothesis is the one to notice
                assert mode is GenerationMode.NEGATIVE, f"{operation.method} {operation.path}"


def _can_be_wrong(operation: Any) -> bool:
    """Whether the operation takes anything that generated input could get wrong."""
    return bool(list(operation.iter_parameters()) or operation.body)


def _judge(case: Case, response: Any) -> None:
    what = f"{case.method} {case.formatted_path} {case.query} {case.body!r} -> {response.status_code} {response.text}"
    if case.path == "/health/ready":
        return
    assert response.status_code < 500, what
    if response.status_code >= 400:
        assert response.headers["content-type"][0].startswith("application/problem+json"), what
        assert PROBLEM_TYPE.fullmatch(response.json()["type"]), what
        assert response.json()["status"] == response.status_code, what
    case.validate_response(response, checks=[response_schema_conformance])


def test_without_a_token_nothing_is_told(api: str) -> None:
    """Every operation that is not open by design answers 401 to a stranger, whatever else is wrong with the request."""
    import httpx

    open_by_design = {
        "/health/live",
        "/health/ready",
        "/metrics",
        "/api/videos/mux/webhook",
        "/api/progress",
        "/api/videos/{lessonId}/playback/release",
        "/.well-known/seatime-evidence-keys.json",
        "/api/analytics/exports",
    }
    schema = schemathesis.openapi.from_url(f"{api}/openapi.json")
    for operation in (result.ok() for result in schema.get_all_operations()):
        if operation.path in open_by_design:
            continue
        path = re.sub(r"\{[^}]+\}", "x1", operation.path)
        response = httpx.request(operation.method, api + path, json={}, timeout=60)
        assert response.status_code == 401, f"{operation.method} {path}: {response.status_code}"
        assert response.headers["www-authenticate"] == "Bearer"
