"""What is shown while it is being looked for or written down."""

from collections.abc import Iterator
from contextlib import contextmanager

from upload_service.cli.surroundings import Out
from upload_service.planning import Progress


@contextmanager
def looking(out: Out, words: str = "looked at {done:,}") -> Iterator[Progress]:
    """A line that moves while a person watches; nothing where nobody does."""
    if not out.live:
        yield lambda done, known: None
        return
    with out.console.status(words.format(done=0, known=0)) as line:
        yield lambda done, known: line.update(words.format(done=done, known=known))
