"""The players of the ingest benchmark: each under a watch grant, with reports of a beat or of ten."""

import base64
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from benchmarks import _wrk

LEARNERS, REPORTS_EACH, LESSONS = 2_000, 2, 20
KEY_ID, BEAT_S, DURATION_S = "bench", 10, 1800


@dataclass(frozen=True)
class Player:
    learner: str
    lesson: str
    session: UUID
    grant: str


def players() -> tuple[list[Player], dict[str, str]]:
    """One for each learner, and the progress service's settings that know their grants."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return [_player(n, key) for n in range(1, LEARNERS + 1)], {
        "WATCH_GRANT_PUBLIC_KEYS": json.dumps({KEY_ID: base64.b64encode(public).decode()}),
        "EVIDENCE_PRIVATE_KEY": base64.b64encode(private).decode(),
        "EVIDENCE_KEY_ID": KEY_ID,
        "PROGRESS_RATE_LIMIT": "1000000",  # these few learners report for a hundred times as many
    }


def _player(n: int, key: Ed25519PrivateKey) -> Player:
    now, session, learner, lesson = int(time.time()), uuid4(), str(n), f"lesson-{n % LESSONS}"
    claims = {
        "iss": "seatime/playback",
        "aud": "seatime/progress",
        "sub": learner,
        "les": lesson,
        "crs": "course-1",
        "sid": str(session),
        "dur": DURATION_S * 1000,
        "iat": now - 600,
        "exp": now + 4 * 3600,
        "pol": {"rate": 2.0, "grace": 86_400, "cap": 45},
    }
    return Player(learner, lesson, session, jwt.encode(claims, key, "EdDSA", headers={"kid": KEY_ID}))


def write(folder: Path, name: str, path: str, who: Sequence[Player], *, size: int, parts: int) -> list[Path]:
    """Files of requests to `path` with `size` beats each, the learners divided among the `parts`.

    A learner's requests lie as far apart as there are learners, and no two of them tell the same position.
    """
    ours = name == "ours"
    lines = []
    for turn in range(REPORTS_EACH):
        for player in who:
            body = _body(player, size, first=turn * size, ours=ours)
            lines.append((path, "Content-Type", "application/json", body))
    return [_wrk.write(folder / f"{name}-{size}-{part}", lines[part::parts]) for part in range(parts)]


def _body(player: Player, size: int, *, first: int, ours: bool) -> str:
    now_ms = time.time_ns() // 1_000_000
    who = (
        {"grant": player.grant}
        if ours
        else {"learner": player.learner, "lesson": player.lesson, "session": str(player.session)}
    )
    beats = [_beat(seq, now_ms - (first + size - seq) * BEAT_S * 1000, size) for seq in range(first, first + size)]
    return json.dumps({**who, "sentAt": now_ms, "beats": beats}, separators=(",", ":"))


def _beat(seq: int, since_ms: int, size: int) -> dict[str, object]:
    start, end = seq * BEAT_S, (seq + 1) * BEAT_S
    return {
        "seq": seq,
        "since": since_ms,
        "at": since_ms + BEAT_S * 1000,
        "position": end + size / 1000,
        "rate": 1,
        "watchedSegments": [[start, end]],
    }
