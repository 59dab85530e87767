"""A page that is none of ours: a clean Vite app that installs the packed `@seatime/react`, with lines of the README."""

import json
import re
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import httpx

from devstack import tools, web
from tests.polling import until_now

ORIGIN = "http://localhost:{port}"
INSTALLED = ("react", "react-dom", "vite", "@vitejs/plugin-react", "typescript", "@types/react", "@types/react-dom")
"""Beside the package; in the versions that the web app is built with."""
REACT_18 = {"react": "18.3.1", "react-dom": "18.3.1", "@types/react": "18.3.8", "@types/react-dom": "18.3.7"}

_HTML = """<!doctype html>
<html lang="en">
  <head><meta charset="utf-8" /><title>Elsewhere</title></head>
  <body>{body}<script type="module" src="/{script}"></script></body>
</html>
"""
_VITE = """import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  preview: { proxy: { '/api': process.env.GATEWAY } },
  build: { target: 'es2022', rolldownOptions: { input: ['index.html', 'plain.html', 'doors.html'] } },
});
"""
_TSCONFIG = {
    "compilerOptions": {
        "target": "ES2023",
        "lib": ["ES2023", "DOM", "DOM.Iterable"],
        "jsx": "react-jsx",
        "strict": True,
        "noEmit": True,
        "types": [],  # what the package's doors lead to, it declares itself
    },
    "include": ["*.ts", "*.tsx"],
    "exclude": ["vite.config.ts"],
}

_RESOLUTIONS = (("Node16", "Node16"), ("ESNext", "bundler"))
_DOORS = """import { UnifiedVideoPlayer, createSeatimeApi, useWatchReporter, type MediaLike } from '@seatime/react';
import { RetentionChart } from '@seatime/react/charts';
import { reportWatching, type DroppedBeats, type Watching } from '@seatime/react/reporter';
import '@seatime/react/styles.css';

export const watch = (media: MediaLike, grant: string): Watching =>
  reportWatching(media, grant, { onDropped: ({ count, why }: DroppedBeats) => console.log(count, why) });
Object.assign(window, { doors: [UnifiedVideoPlayer, createSeatimeApi, useWatchReporter, RetentionChart, watch] });
"""
_SERVER = """import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { SeatimeProvider, UnifiedVideoPlayer, createSeatimeApi } from '@seatime/react';
import '@seatime/react/charts';
import '@seatime/react/reporter';

const player = createElement(UnifiedVideoPlayer, { lesson: { id: 'intro' } });
console.log(renderToString(createElement(SeatimeProvider, { api: createSeatimeApi({ token: () => null }) }, player)));
"""


def readme_lines(language: str) -> str:
    """What web/README.md says to write: the one block in that language."""
    (block,) = re.findall(rf"^```{language}\n(.*?)^```$", (web.WEB / "README.md").read_text(), re.M | re.DOTALL)
    return str(block)


def create(folder: Path, *, tsx: str, plain: str, instead: Mapping[str, str] = MappingProxyType({})) -> None:
    """`tsx` becomes the script of `/`, `plain` of `/plain.html`, which has a video element and nothing else.

    `instead` names other versions of what is installed beside the package.
    """
    tarball = web.package()
    lock = json.loads((web.WEB / "package-lock.json").read_text())["packages"]
    versions = {name: lock[f"node_modules/{name}"]["version"] for name in INSTALLED} | dict(instead)
    files = {
        "package.json": json.dumps({"name": "elsewhere", "private": True, "type": "module", "dependencies": versions}),
        "tsconfig.json": json.dumps(_TSCONFIG),
        "vite.config.ts": _VITE,
        "index.html": _HTML.format(body='<main id="root"></main>', script="main.tsx"),
        "main.tsx": tsx,
        "plain.html": _HTML.format(body="<video></video>", script="plain.ts"),
        "plain.ts": plain,
        "doors.html": _HTML.format(body="", script="doors.ts"),
        "doors.ts": _DOORS,
        "server.js": _SERVER,
    }
    for name, text in files.items():
        (folder / name).write_text(text)
    quiet = ("--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund")
    web.npm("installing the package elsewhere", "install", *quiet, str(tarball), folder=folder)
    for module, resolution in _RESOLUTIONS:
        how = ("--module", module, "--moduleResolution", resolution)
        web.npm(f"checking its types ({resolution})", "exec", "--no", "--", "tsc", *how, folder=folder)
    web.npm("building what uses it", "exec", "--no", "--", "vite", "build", "--logLevel", "warn", folder=folder)


def drawn_by_server(folder: Path) -> str:
    """What Node makes of a page with the player, with no browser anywhere."""
    node = [tools.node(), "server.js"]
    done = subprocess.run(
        node, cwd=folder, env=web.environment(), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def served(folder: Path, gateway: str) -> Iterator[str]:
    """Vite's own server of what is built, which passes `/api` on to the gateway; yields the page's origin."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    vite = folder / "node_modules" / "vite" / "bin" / "vite.js"
    command = [tools.node(), str(vite), "preview", "--port", str(port), "--strictPort"]
    process = subprocess.Popen(command, cwd=folder, env=web.environment() | {"GATEWAY": gateway})
    origin = ORIGIN.format(port=port)
    try:
        until_now(lambda: process.poll() is not None or _answers(origin))
        assert process.poll() is None, "the server has ended"
        yield origin
    finally:
        process.terminate()
        process.wait()


def _answers(origin: str) -> bool:
    try:
        return httpx.get(origin, timeout=5).is_success
    except httpx.TransportError:
        return False
