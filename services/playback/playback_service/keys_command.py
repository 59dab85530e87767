"""`seatime-keys`: rotate, list and revoke the Mux signing keys. Running replicas follow by themselves, at once."""

import argparse
import asyncio
import sys
from collections.abc import Sequence

from pydantic import SecretStr, ValidationError

from playback_service import mux_keys, rotation
from playback_service.keyring import SETTING, Seal
from playback_service.keys import UnreadableKey
from playback_service.mux_keys import MuxFailed
from playback_service.rotation import NotRevocable
from playback_service.settings import Settings
from servicekit import telemetry
from servicekit.database import create_pool
from servicekit.errors import ServiceError

_MEANING = {
    "signs": "signs new tokens",
    "verifies": "good until revoked, signs nothing new",
    "revoked": "revoked",
    "lost": "Mux does not know it: its tokens are refused",
    "foreign": "not ours",
}


class _Misconfigured(Exception):
    pass


async def run(arguments: Sequence[str], settings: Settings) -> list[str]:
    """What the command says, by lines. Raises MuxFailed, NotRevocable, ServiceError or UnreadableKey."""
    wanted = _parser().parse_args(arguments)
    seal = Seal(_needed(settings.signing_keys_secret, SETTING)) if wanted.action == "rotate" else None
    token_id = settings.mux_token_id
    if token_id is None:
        raise _Misconfigured("MUX_TOKEN_ID is not set")
    secret = _needed(settings.mux_token_secret, "MUX_TOKEN_SECRET")
    pool = await create_pool(settings.database_url, application_name="playback-keys", max_size=1)
    try:
        async with mux_keys.connect(settings.mux_base_url, token_id, secret) as mux:
            if seal is not None:
                return [f"{await rotation.rotate(pool, mux, seal)} signs from now on; the former keys stay good"]
            first = settings.mux_signing_key
            if wanted.action == "revoke":
                became = await rotation.revoke(
                    pool, mux, wanted.key, first_key=first, even_the_last=wanted.even_the_last
                )
                return [f"{wanted.key} is revoked and {became}: what it signed is refused"]
            return [
                f"{key.key_id}\t{key.created_at:%Y-%m-%d %H:%M}\t{_MEANING[key.state]}"
                if key.created_at is not None
                else f"{key.key_id}\t-\t{_MEANING[key.state]}"
                for key in await rotation.listed(pool, mux, first_key=first)
            ]
    finally:
        pool.terminate()


def _needed(secret: SecretStr | None, setting: str) -> str:
    if secret is None:
        raise _Misconfigured(f"{setting} is not set")
    return secret.get_secret_value()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="seatime-keys", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("rotate", help="make a key at Mux, and sign with it from now on")
    actions.add_parser("list", help="ours and Mux's keys, and what each is good for")
    revoke = actions.add_parser("revoke", help="sign nothing more with a key, and have Mux refuse its tokens")
    revoke.add_argument("key", help="its id")
    revoke.add_argument("--even-the-last", action="store_true", help="though nothing can be signed afterwards")
    return parser


def main() -> None:
    _parser().parse_args()  # help, and a wrong word, before any setting is missed
    try:
        settings = Settings()
        telemetry.configure_logging("playback-keys", level="WARNING", fmt=settings.log_format)
        sys.stdout.write("\n".join(asyncio.run(run(sys.argv[1:], settings))) + "\n")
    except (MuxFailed, NotRevocable, ServiceError, UnreadableKey, _Misconfigured) as error:
        sys.exit(f"seatime-keys: {error}")
    except ValidationError as error:
        sys.exit(f"seatime-keys: {', '.join(str(e['loc'][0]).upper() for e in error.errors())} not set or not valid")


if __name__ == "__main__":
    main()
