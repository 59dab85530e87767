"""What beats do to the tallies, in the transaction of the offsets like everything else."""

from collections import defaultdict
from collections.abc import Sequence

from analytics_service import claims, store_tallies
from analytics_service.store_tallies import SessionKey
from contracts import WatchProgress
from servicekit.consumer import Received
from servicekit.database import Connection


async def told(conn: Connection, batch: Sequence[Received[WatchProgress]]) -> None:
    """Count what these requests tell, as far as their beats had not come before."""
    requests = defaultdict(list)
    for received in batch:
        request = received.event
        if claims.worth_reading(request):
            requests[SessionKey(request.session_id, request.learner_id)].append((received.partition, request))
    if not requests:
        return
    seen = await store_tallies.lock_sessions(conn, requests)
    folds = {key: claims.fold(seen[key], requests[key]) for key in sorted(requests)}
    await store_tallies.save_sessions(conn, {key: fold.seen for key, fold in folds.items()})
    await store_tallies.add(conn, claims.merged(folds.values()))
