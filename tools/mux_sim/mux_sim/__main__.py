"""`python -m mux_sim`: a Mux that runs here, until it is told to stop."""

import argparse
import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

from mux_sim.config import Config
from mux_sim.serve import listening


def _arguments() -> argparse.Namespace:
    env = os.environ.get
    parser = argparse.ArgumentParser(prog="mux_sim", description="A Mux that runs here.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8400)
    parser.add_argument("--tls-port", type=int, help="also serve HTTPS with a self-signed certificate")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="state and media; kept between runs")
    parser.add_argument("--public-url", help="where browsers reach this server; default: the request's Host")
    parser.add_argument("--token-id", default=env("MUX_TOKEN_ID", Config.token_id), help="env MUX_TOKEN_ID")
    parser.add_argument(
        "--token-secret", default=env("MUX_TOKEN_SECRET", Config.token_secret), help="env MUX_TOKEN_SECRET"
    )
    parser.add_argument("--webhook-url", help="where every webhook goes")
    parser.add_argument(
        "--webhook-secret", default=env("MUX_WEBHOOK_SECRET", Config.webhook_secret), help="env MUX_WEBHOOK_SECRET"
    )
    parser.add_argument("--ffmpeg", type=Path, help="default: the PATH's, else the wheel imageio-ffmpeg's")
    parser.add_argument("--ladder", default="360,720", help="short sides of the renditions (default 360,720)")
    parser.add_argument(
        "--preset", default=Config.preset, help="x264 preset (default ultrafast; slower ones make smaller files)"
    )
    parser.add_argument("--threads", type=int, default=Config.threads)
    parser.add_argument("--reuse-transcodes", action="store_true", help="transcode the same bytes once")
    parser.add_argument("--rate-limits", action="store_true", help="enforce Mux's documented rate limits")
    parser.add_argument("--control-from-anywhere", action="store_true", help="for containers: not only loopback")
    parser.epilog = "MUX_SIGNING_KEY and MUX_PRIVATE_KEY in the environment make that signing key known."
    return parser.parse_args()


def _config(given: argparse.Namespace) -> Config:
    key_id, private_key = os.environ.get("MUX_SIGNING_KEY"), os.environ.get("MUX_PRIVATE_KEY")
    return Config(
        data_dir=given.data,
        host=given.host,
        port=given.port,
        tls_port=given.tls_port,
        public_url=given.public_url,
        token_id=given.token_id,
        token_secret=given.token_secret,
        webhook_url=given.webhook_url,
        webhook_secret=given.webhook_secret,
        ffmpeg=given.ffmpeg,
        ladder=tuple(int(step) for step in given.ladder.split(",")),
        preset=given.preset,
        threads=given.threads,
        reuse_transcodes=given.reuse_transcodes,
        rate_limits=given.rate_limits,
        control_from_anywhere=given.control_from_anywhere,
        signing_keys={key_id: private_key} if key_id and private_key else {},
    )


async def _serve(config: Config) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with listening(config) as where:
        also = f" and {where.tls_url}" if where.tls_url else ""
        print(f"mux_sim ready on {where.base_url}{also}", flush=True)
        await stop.wait()


def main() -> int:
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        asyncio.run(_serve(_config(_arguments())))
    except (OSError, ValueError) as failure:
        print(f"mux_sim: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
