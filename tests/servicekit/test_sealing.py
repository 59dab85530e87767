import pytest
from cryptography.fernet import Fernet

from servicekit.sealing import CannotUnseal, Seal

OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))


def test_what_is_sealed_comes_out_again_and_shows_nothing() -> None:
    """No two sealed forms of a text are alike, and neither has the text in it."""
    seal = Seal(NEW, setting="SEAL")
    first, second = seal.close("whsec_secret"), seal.close("whsec_secret")
    assert first != second
    assert b"secret" not in first
    assert {seal.open(first), seal.open(second)} == {"whsec_secret"}


def test_a_seal_changes_without_losing_what_is_sealed() -> None:
    """The first secret seals, all open; without the old one, what it sealed stays shut and the setting is named."""
    sealed = Seal(OLD, setting="SEAL").close("text")
    both = Seal(f" {NEW}, {OLD} ", setting="SEAL")
    assert both.open(sealed) == "text"
    assert Seal(NEW, setting="SEAL").open(both.close("text")) == "text"
    for secrets in (NEW, OTHER):
        with pytest.raises(CannotUnseal, match="SEAL"):
            Seal(secrets, setting="SEAL").open(sealed)


@pytest.mark.parametrize("wrong", ["short", "not base64!", "bm90IDMyIGJ5dGVz"])
def test_a_secret_of_another_form_is_refused_without_being_shown(wrong: str) -> None:
    """The setting is named, and not its value."""
    with pytest.raises(CannotUnseal, match="SEAL") as error:
        Seal(wrong, setting="SEAL")
    assert wrong not in str(error.value)
