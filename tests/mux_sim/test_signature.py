"""The webhook signature against a vector of Mux's own library."""

from mux_sim.signature import sign


def test_the_vector_of_mux_elixir() -> None:
    """Secret, time and body of mux-elixir's test give the header that it expects."""
    expected = "t=1565125718,v1=854ece4c22acef7c66b57d4e504153bc512595e8e9c772ece2a68150548c19a7"
    assert sign("SuperSecret123", 1565125718, b'{"test":"body"}') == expected
