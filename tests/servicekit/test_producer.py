"""Where records go, and how they are named."""

from uuid import UUID

from aiokafka.partitioner import DefaultPartitioner
from hypothesis import given
from hypothesis import strategies as st

from servicekit.producer import partition_of
from servicekit.telemetry import random_uuid


@given(st.binary(max_size=80), st.integers(1, 64))
def test_a_key_goes_where_kafkas_own_clients_put_it(key: bytes, partitions: int) -> None:
    """A key's partition is that of aiokafka's own partitioner, the first time and again."""
    everywhere = list(range(partitions))
    wanted = DefaultPartitioner()(key, everywhere, everywhere)
    assert [partition_of(key, everywhere, everywhere) for _ in range(2)] == [wanted, wanted]


def test_a_record_without_a_key_avoids_partitions_without_a_leader() -> None:
    """Without a key any partition that has a leader will do; if none has, any."""
    assert {partition_of(None, [0, 1, 2], [1]) for _ in range(20)} == {1}
    assert partition_of(None, [2], []) == 2


def test_an_events_id_is_a_uuid_like_any_other() -> None:
    """Ids that are made without asking the system are proper UUIDs of version 4, and differ."""
    made = [random_uuid() for _ in range(1000)]
    assert all(str(UUID(text)) == text and UUID(text).version == 4 for text in made)
    assert all(UUID(text).variant == UUID(int=0x8 << 60).variant for text in made)
    assert len(set(made)) == 1000
