"""Before something is changed a person is asked; a program has to say --yes."""

import argparse
import sys

from upload_service.cli.surroundings import Out, Refused


def confirm(given: argparse.Namespace, out: Out, question: str) -> None:
    """Raises Refused unless the answer is yes."""
    if given.yes:
        return
    if not sys.stdin.isatty() or out.as_json:
        raise Refused("nobody can be asked here: say --yes")
    out.console.print(f"{question} [y/N] ", markup=False, highlight=False, end="")
    answer = sys.stdin.readline()
    if answer.strip().lower() not in ("y", "yes"):
        raise Refused("nothing was changed")
