"""SQL of the courses' playback policies."""

from asyncpg import Record

from playback_service.store_restrictions import read_rules, rules
from playback_service.terms import USUAL, Terms
from servicekit.database import Connection

_PUT = """
INSERT INTO course_policies AS stored
    (course_id, changed_by, tokens, devices, watermark, drm_configuration_id, restriction, restriction_id)
VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8)
ON CONFLICT (course_id) DO UPDATE SET
    tokens = excluded.tokens, devices = excluded.devices, watermark = excluded.watermark,
    drm_configuration_id = excluded.drm_configuration_id, restriction = excluded.restriction,
    restriction_id = excluded.restriction_id, changed_by = excluded.changed_by, changed_at = now()
WHERE (stored.tokens, stored.devices, stored.watermark, stored.drm_configuration_id, stored.restriction,
       stored.restriction_id)
    IS DISTINCT FROM (excluded.tokens, excluded.devices, excluded.watermark, excluded.drm_configuration_id,
                      excluded.restriction, excluded.restriction_id)
"""

_FIND = """
SELECT tokens, devices, watermark, drm_configuration_id, restriction::text, restriction_id
FROM course_policies WHERE course_id = $1
"""


async def put(conn: Connection, course_id: str, terms: Terms, *, changed_by: str) -> None:
    """The course's terms from now on; grants that are out already run out by themselves."""
    await conn.execute(
        _PUT,
        course_id,
        changed_by,
        terms.tokens,
        terms.devices,
        terms.watermark,
        terms.drm_configuration_id,
        rules(terms.restriction) if terms.restriction is not None else None,
        terms.restriction_id,
    )


async def find(conn: Connection, course_id: str) -> Terms:
    """The course's terms, the usual ones if nobody has said."""
    row = await conn.fetchrow(_FIND, course_id)
    return terms_of(row) if row is not None else USUAL


def terms_of(row: Record) -> Terms:
    """From a row with the policy's columns, `restriction` as text."""
    return Terms(
        tokens=row["tokens"],
        devices=row["devices"],
        watermark=row["watermark"],
        drm_configuration_id=row["drm_configuration_id"],
        restriction=read_rules(row["restriction"]) if row["restriction"] is not None else None,
        restriction_id=row["restriction_id"],
    )
