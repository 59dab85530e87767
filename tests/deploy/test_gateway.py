"""The production gateway is the routing table: generated from it, loaded by a real nginx, asked path by path."""

import importlib.util
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from devstack import routing, tools
from devstack.ports import free_port
from tests.serving import serving

ECHOED = ("x-forwarded-for", "x-request-id", "x-seatime-country")
DEPLOY = Path(__file__).parents[2] / "deploy"
PATHS = (
    "/api/videos/mux/upload-url",
    "/api/videos/mux/webhook",
    "/api/videos/l1/playback",
    "/api/courses",
    "/api/courses/c1",
    "/api/courses/c1/lessons/l1",
    "/api/courses/c1/enrollments",
    "/api/courses/c1/enrollments/u1",
    "/api/courses/lessons/l1/upload-video",
    "/api/uploads",
    "/api/lessons/l1",
    "/api/progress",
    "/api/progress/lessons/l1",
    "/api/progress/courses/c1/evidence",
    "/.well-known/seatime-evidence-keys.json",
    "/api/analytics/lessons/l1",
    "/services/upload/health/ready",
    "/services/playback/openapi.json",
    "/services/progress/metrics",
    "/services/analytics/health/live",
    "/",
    "/courses/c1",
    "/services/upload/secret",
    "/apix",
)


def _render() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gateway_render", DEPLOY / "gateway" / "render.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _echo(service: str) -> Starlette:
    async def answer(request: Request) -> JSONResponse:
        headers = {name: request.headers.get(name) for name in ECHOED}
        body = await request.body()
        return JSONResponse({"service": service, "path": request.url.path, "body": len(body), **headers})

    return Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST", "PUT"])])


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[str]:
    nginx = tools.nginx()
    if nginx is None:
        pytest.skip("no nginx on this machine: apt-get install nginx-light")
    web = tmp_path / "web"
    web.mkdir()
    (web / "index.html").write_text("the web app")
    port = free_port()
    with ExitStack() as stack:
        upstreams = {
            service: stack.enter_context(serving(_echo(service))).removeprefix("http://")
            for service in ("upload", "playback", "progress", "analytics")
        }
        folders = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = "".join(f"    {name}_temp_path {tmp_path}/{name};\n" for name in folders)
        configuration = tmp_path / "nginx.conf"
        rendered = _render().render(
            upstreams,
            listen=f"127.0.0.1:{port}",
            web=str(web),
            run=str(tmp_path),
            log=str(tmp_path / "error.log"),
            temporary=temporary,
            country="$http_cf_ipcountry",
        )
        owner = "user root;\n" if os.geteuid() == 0 else ""
        configuration.write_text(owner + rendered)
        command = [nginx, "-e", str(tmp_path / "error.log"), "-c", str(configuration), "-g", "daemon off;"]
        subprocess.run([*command[:-2], "-t"], check=True, timeout=20, capture_output=True)
        process = subprocess.Popen(command)
        try:
            _await_port(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def _await_port(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise AssertionError("nginx did not start")


def test_the_committed_configuration_is_the_generated_one() -> None:
    """A change of the routing table changes the production gateway, or CI is red."""
    assert (DEPLOY / "gateway" / "nginx.conf").read_text() == _render().render(), "run `make gateway`"


def test_nginx_sends_every_path_where_the_table_says(gateway: str) -> None:
    """A real nginx with the generated configuration and the table agree on who answers what, and on the path seen."""
    with httpx.Client(base_url=gateway, timeout=60) as client:
        for path in PATHS:
            service, seen = routing.resolve(path)
            response = client.get(path)
            if service == routing.WEB:
                assert response.text == "the web app", path
                continue
            answer = response.json()
            assert (answer["service"], answer["path"]) == (service, seen), path


def test_nginx_believes_nobody_about_addresses_and_passes_the_request_id(gateway: str) -> None:
    """A forged X-Forwarded-For does not reach a service; a request id does, and is made where there is none."""
    answer = httpx.get(f"{gateway}/api/courses", headers={"X-Forwarded-For": "6.6.6.6", "X-Request-ID": "abc"}).json()
    assert (answer["x-forwarded-for"], answer["x-request-id"]) == ("127.0.0.1", "abc")
    assert httpx.get(f"{gateway}/api/courses").json()["x-request-id"]


def test_nginx_limits_bodies_except_where_files_go(gateway: str) -> None:
    """Two megabytes are too much for an API route and nothing for the upload of a file."""
    body = b"x" * (2 << 20)
    assert httpx.post(f"{gateway}/api/progress", content=body).status_code == 413
    assert httpx.post(f"{gateway}/api/courses/lessons/l1/upload-video", content=body).json()["body"] == len(body)


def test_the_developers_sign_in_is_not_served(gateway: str) -> None:
    """The demo's session endpoint does not exist in production."""
    assert httpx.get(f"{gateway}/demo/session").status_code == 404


def test_only_the_gateway_says_from_which_country_a_request_comes(gateway: str) -> None:
    """Row E4: what a client claims is overwritten: by what the network in front says, where the gateway is told to
    believe it, else by nothing, which is what is committed."""
    forged = {"X-Seatime-Country": "ZW"}
    for headers, expected in ((forged, None), (forged | {"CF-IPCountry": "PT"}, "PT")):
        assert httpx.get(f"{gateway}/api/progress", headers=headers).json()["x-seatime-country"] == expected
    assert 'proxy_set_header X-Seatime-Country "";' in (DEPLOY / "gateway" / "nginx.conf").read_text()
