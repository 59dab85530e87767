"""How a video is cut into parts: what S3 takes, nothing left over, nothing counted that is not whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upload_service.parts import LEAST_PART_BYTES, MOST_PARTS, Cut, cut
from upload_service.stored import PartSeen

sizes = st.integers(1, 2**43)


@given(sizes, st.integers(LEAST_PART_BYTES, 2**30))
def test_parts_make_up_the_whole_and_s3_takes_them(size: int, least: int) -> None:
    """At most 10,000 parts, all of the same size but the last, none below 5 MiB but the last, none above 5 GiB."""
    made = cut(size, least)
    assert 1 <= made.count <= MOST_PARTS
    assert least <= made.part_size <= 5 << 30
    last = made.size_of(made.count)
    assert 1 <= last <= made.part_size
    assert (made.count - 1) * made.part_size + last == size


def test_64_gib_go_in_parts_of_eight_mib() -> None:
    """The largest video that a role may bring by default loses eight MiB to a lost connection, not more."""
    assert cut(64 << 30, 8 << 20) == Cut(64 << 30, 8 << 20)
    assert cut(1 << 40, 8 << 20).part_size == 105 << 20


@given(st.integers(1, 60), st.data())
def test_only_whole_parts_of_this_cut_have_arrived(count: int, data: st.DataObject) -> None:
    """A part of another length or number is missing still; what arrived and what is missing are all of them."""
    made = Cut((count - 1) * 10 + data.draw(st.integers(1, 10)), 10)
    numbers = data.draw(st.lists(st.integers(1, count + 3), unique=True))
    seen = [PartSeen(n, data.draw(st.sampled_from((10, 9, made.size - (count - 1) * 10))), "e") for n in numbers]
    arrived = made.arrived(seen)
    assert [part.number for part in arrived] == sorted(
        part.number for part in seen if part.number <= count and part.size == made.size_of(part.number)
    )
    assert sorted([*made.missing(arrived), *(part.number for part in arrived)]) == list(range(1, count + 1))


@pytest.mark.parametrize("number", [0, 4])
def test_there_is_no_other_part(number: int) -> None:
    """Parts are numbered from 1 to their count."""
    with pytest.raises(ValueError, match="1 to 3"):
        Cut(25, 10).size_of(number)
