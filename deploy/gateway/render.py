"""The production gateway's nginx.conf, written from the routing table that the devstack uses too.

`python deploy/gateway/render.py` writes deploy/gateway/nginx.conf; a test compares the two, and runs it.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path

from devstack.routing import ROUTES, Route

TARGET = Path(__file__).with_name("nginx.conf")
UPSTREAMS = {service: f"{service}-app:8000" for service in ("upload", "playback", "progress", "analytics")}
STREAMED = r"/api/courses/lessons/[^/]+/upload-video"

_HEAD = """\
# Written by deploy/gateway/render.py from devstack's routing table. Edit that, then `make gateway`.
worker_processes auto;
pid {run}/nginx.pid;
error_log {log} warn;

events {{
    worker_connections 4096;
}}

http {{
    include {mime};
    default_type application/octet-stream;
    access_log off;
    server_tokens off;
    sendfile on;
    tcp_nopush on;
    keepalive_timeout 65;
    gzip on;
    gzip_types text/css application/javascript application/json image/svg+xml;
{temporary}
    map $http_x_request_id $seatime_request_id {{
        default $http_x_request_id;
        ""      $request_id;
    }}

"""
_SERVER = """\
    server {{
        listen {listen};
        client_max_body_size 1m;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host $host;
        proxy_set_header X-Request-ID $seatime_request_id;
        # What a client claims to be its address is thrown away: only the peer that connected is believed.
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Proto $scheme;
        # So is what it claims to be its country; an empty value sends none.
        proxy_set_header X-Seatime-Country {country};
        proxy_connect_timeout 2s;
        proxy_read_timeout 60s;
        proxy_next_upstream error timeout non_idempotent;
        proxy_next_upstream_tries 2;
        add_header X-Content-Type-Options nosniff always;

"""
_WEB = """\
        # The development stack's sign-in does not exist here.
        location = /demo/session {{
            return 404;
        }}

        location /assets/ {{
            root {web};
            add_header Cache-Control "public, max-age=31536000, immutable";
            add_header X-Content-Type-Options nosniff always;
            try_files $uri =404;
        }}

        location / {{
            root {web};
            add_header Cache-Control "no-cache";
            add_header X-Content-Type-Options nosniff always;
            try_files $uri /index.html;
        }}
    }}
}}
"""


def _location(pattern: str, service: str, *extra: str) -> str:
    lines = [*extra, f"proxy_pass http://{service};"]
    body = "".join(f"            {line}\n" for line in lines)
    return f'        location ~ "^{pattern}$" {{\n{body}        }}\n\n'


def _of(route: Route) -> str:
    extra = (f'rewrite "^{route.strip}(/.*)$" $1 break;',) if route.strip else ()
    return _location(route.pattern, route.service, *extra)


def render(
    upstreams: Mapping[str, str] = UPSTREAMS,
    *,
    listen: str = "8000",
    web: str = "/usr/share/nginx/html",
    mime: str = "/etc/nginx/mime.types",
    run: str = "/var/run",
    log: str = "/dev/stderr",
    temporary: str = "",
    country: str = '""',
) -> str:
    """The whole configuration. `upstreams` maps each service to host:port; `temporary` moves nginx's own folders.

    `country` is the nginx variable that holds a request's country, from GeoIP or from a network in front that sets a
    header and lets nobody past it (`$http_cf_ipcountry`).
    """
    blocks = "".join(
        f"    upstream {service} {{\n        server {address};\n        keepalive 32;\n    }}\n\n"
        for service, address in upstreams.items()
    )
    # Bodies of any size stream through to the one route that takes files; it stands first because it is the narrowest.
    streamed = _location(
        STREAMED, "upload", "client_max_body_size 0;", "proxy_request_buffering off;", "proxy_read_timeout 1h;"
    )
    routes = "".join(map(_of, ROUTES))
    return (
        _HEAD.format(mime=mime, run=run, log=log, temporary=temporary)
        + blocks
        + _SERVER.format(listen=listen, country=country)
        + streamed
        + routes
        + _WEB.format(web=web)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--country", default='""', help="nginx variable with a request's country ($http_cf_ipcountry)")
    TARGET.write_text(render(country=parser.parse_args().country))
    print(f"wrote {TARGET.name}")


if __name__ == "__main__":
    main()
