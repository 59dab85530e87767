"""`seatime-evidence verify FILE`: checks evidence, or the receipt of an erasure, offline, by the public key alone.

Exit codes: 0 it holds and is signed by the key given; 1 it does not hold, and each line says where; 2 a file cannot be
read; 3 it holds by the key inside it, but whose key that is has not been checked (give `--key`).
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from progress_service import erasure_receipt
from progress_service.evidence_check import NotEvidence, later_than, own_key, problems
from progress_service.evidence_document import from_text

HOLDS, DOES_NOT_HOLD, UNREADABLE, WHOSE_KEY = 0, 1, 2, 3


def run(arguments: Sequence[str]) -> tuple[int, list[str]]:
    """The exit code, and what the command says, by lines."""
    wanted = _parser().parse_args(arguments)
    try:
        document = _document(wanted.file)
        key = _key(wanted.key, document) if wanted.key is not None else own_key(document)
        found = problems(document, key)
        if wanted.earlier is not None:
            earlier = _document(wanted.earlier)
            if earlier.get("format") != document.get("format") or document["format"] == erasure_receipt.FORMAT:
                raise NotEvidence("only evidence has an earlier document that nothing may lack of")
            found += [f"the earlier document: {problem}" for problem in problems(earlier, key)]
            found += later_than(earlier, document) if not found else []
    except NotEvidence as error:
        return UNREADABLE, [f"cannot be checked: {error}"]
    if found:
        return DOES_NOT_HOLD, ["DOES NOT HOLD", *found]
    if wanted.key is None:
        return WHOSE_KEY, [
            *_said(document),
            "HOLDS IN ITSELF, but nothing says whose the key is: compare it with the published one (--key)",
        ]
    return HOLDS, [*_said(document), "HOLDS"]


def _said(document: Mapping[str, Any]) -> list[str]:
    if document["format"] == erasure_receipt.FORMAT:
        return erasure_receipt.said(document)
    rows = [row for learner in document["learners"] for row in learner["rows"]]
    readable = sum("person" in row for row in rows)
    lines = [
        f"course {document['courseId']}, issued {document['issuedAt']}, key {document['keyId']}",
        f"{len(document['learners'])} learner(s), {readable} completion(s) checked, "
        f"{len(rows) - readable} other row(s) checked for their place only",
    ]
    return lines + (["there is a further page"] if document["next"] is not None else [])


def _document(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise NotEvidence(f"{path.name}: {error.strerror}") from None
    except ValueError:
        raise NotEvidence(f"{path.name} is not JSON") from None
    if not isinstance(document, dict):
        raise NotEvidence(f"{path.name} is not a document of evidence")
    return document


def _key(path: Path, document: Mapping[str, Any]) -> Ed25519PublicKey:
    try:
        content = path.read_bytes()
        if content.lstrip().startswith(b"{"):
            keys = {key["kid"]: key["x"] for key in json.loads(content)["keys"]}
            return Ed25519PublicKey.from_public_bytes(from_text(keys[document.get("keyId")]))
        key = load_pem_public_key(content)
    except OSError as error:
        raise NotEvidence(f"{path.name}: {error.strerror}") from None
    except KeyError:
        raise NotEvidence(f"{path.name} has no key {document.get('keyId')!r}") from None
    except (ValueError, TypeError):
        raise NotEvidence(f"{path.name} is neither a public key in PEM nor the published set of keys") from None
    if not isinstance(key, Ed25519PublicKey):
        raise NotEvidence(f"{path.name} is not an Ed25519 key")
    return key


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="seatime-evidence", description=__doc__)
    verify = parser.add_subparsers(required=True).add_parser("verify", help="check a document")
    verify.add_argument("file", type=Path, metavar="FILE")
    verify.add_argument("--key", type=Path, help="the public key: PEM, or the published set of keys (JSON)")
    verify.add_argument(
        "--earlier", type=Path, help="an earlier document of the same course, of which nothing may lack"
    )
    return parser


def main() -> None:
    """Say it, and end with the code."""
    code, lines = run(sys.argv[1:])
    sys.stdout.write("\n".join(lines) + "\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
