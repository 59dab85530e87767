"""Feature C7: two and more live keys of Mux, made, listed and revoked by the command, under running replicas."""

import asyncio
from base64 import b64decode
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.fernet import Fernet

from mux_sim.testing import Simulator, make_clip
from playback_service import keys_command
from playback_service.keyring import Seal
from playback_service.keys import UnreadableKey
from playback_service.mux_keys import MuxFailed
from playback_service.rotation import NotRevocable
from tests.playback.conftest import MakeSettings, OpenSchool
from tests.playback.school import School, mux_video, problem

SEAL = Fernet.generate_key().decode()


@pytest.fixture
async def configured(mux: Simulator) -> dict[str, Any]:
    """A deployment whose first key is from the environment, and known at Mux."""
    first = await mux.create_signing_key()
    return {
        "mux_base_url": mux.base_url,
        "mux_stream_base_url": mux.base_url,
        "mux_image_base_url": mux.base_url,
        "mux_token_id": mux.token_id,
        "mux_token_secret": mux.token_secret,
        "mux_signing_key": first["id"],
        "mux_private_key": first["private_key"],
        "signing_keys_secret": SEAL,
    }


def key_of(answer: dict[str, Any]) -> str:
    """The id of the key that signed all of an answer's tokens."""
    (key_id,) = {jwt.get_unverified_header(token)["kid"] for token in answer["tokens"].values()}
    return str(key_id)


async def test_rotation_reaches_running_replicas_and_old_tokens_stay_good(
    open_school: OpenSchool, settings: MakeSettings, configured: dict[str, Any], mux: Simulator, tmp_path: Path
) -> None:
    """Row C7: after `rotate` two running replicas sign with the new key; Mux plays what either key has signed, and
    after `revoke` of the old one only the new one's; the audit names the key of each grant."""
    asset = await mux.ready_asset(make_clip(tmp_path / "clip.mp4", seconds=2))
    run = settings(**configured)
    async with (
        open_school(**configured) as one,
        open_school(**configured) as other,
        httpx.AsyncClient(timeout=20) as viewer,
    ):
        await one.standard()
        await one.lesson(video=mux_video(asset["playback_ids"][0]["id"], duration_ms=2000))
        old = await one.granted()
        assert key_of(old) == configured["mux_signing_key"]
        (said,) = await keys_command.run(["rotate"], run)
        newest = said.split()[0]
        for school in (one, other):
            new = await school.granted()
            assert key_of(new) == newest != key_of(old)
        assert [(await viewer.get(answer["signedUrl"])).status_code for answer in (old, new)] == [200, 200]
        audited = await one.pool.fetch("SELECT key_id FROM grants ORDER BY id")
        assert [row["key_id"] for row in audited] == [key_of(old), newest, newest]
        listed = {line.split("\t")[0]: line.split("\t")[2] for line in await keys_command.run(["list"], run)}
        assert listed == {newest: "signs new tokens", key_of(old): "good until revoked, signs nothing new"}
        await keys_command.run(["revoke", key_of(old)], run)
        assert [(await viewer.get(answer["signedUrl"])).status_code for answer in (old, new)] == [403, 200]
        listed = {line.split("\t")[0]: line.split("\t")[2] for line in await keys_command.run(["list"], run)}
        assert listed == {newest: "signs new tokens", key_of(old): "revoked"}


async def test_revoking_the_newest_key_hands_over_to_the_one_before(
    open_school: OpenSchool, settings: MakeSettings, configured: dict[str, Any]
) -> None:
    """What is granted once the command has returned is never signed by the revoked key, in any replica."""
    run = settings(**configured)
    async with open_school(**configured) as school, open_school(**configured) as other:
        await school.standard()
        second, third = [(await keys_command.run(["rotate"], run))[0].split()[0] for _ in range(2)]
        assert [key_of(await replica.granted()) for replica in (school, other)] == [third] * 2
        await keys_command.run(["revoke", third], run)
        assert [key_of(await replica.granted()) for replica in (school, other)] == [second] * 2
        await keys_command.run(["revoke", second], run)
        assert key_of(await other.granted()) == configured["mux_signing_key"]


async def test_the_last_key_is_revoked_only_on_demand(
    open_school: OpenSchool, settings: MakeSettings, configured: dict[str, Any]
) -> None:
    """Without a key nothing can be signed: the command refuses, or does it when told to; then 503, and no grant."""
    run, first = settings(**configured), configured["mux_signing_key"]
    async with open_school(**configured) as school:
        await school.standard()
        with pytest.raises(NotRevocable, match="rotate first"):
            await keys_command.run(["revoke", first], run)
        with pytest.raises(NotRevocable, match="none of our keys"):
            await keys_command.run(["revoke", "another"], run)
        await school.granted()
        await keys_command.run(["revoke", first, "--even-the-last"], run)
        problem(await school.play(), 503, "not-configured")
        assert await school.pool.fetchval("SELECT count(*) FROM grants") == 1
        again = await keys_command.run(["revoke", first, "--even-the-last"], run)
        assert "unknown at Mux already" in again[0]
        newest = (await keys_command.run(["rotate"], run))[0].split()[0]
        assert key_of(await school.granted()) == newest


async def test_private_keys_are_sealed_at_rest(
    school: School, settings: MakeSettings, configured: dict[str, Any], open_school: OpenSchool
) -> None:
    """The table holds no PEM; another secret opens nothing, and then the setting is named; a former one still opens."""
    run = settings(**configured)
    newest = (await keys_command.run(["rotate"], run))[0].split()[0]
    sealed = await school.pool.fetchval("SELECT sealed FROM signing_keys WHERE key_id = $1", newest)
    assert b"PRIVATE KEY" not in sealed
    assert "LS0tLS1CRUdJTi" not in sealed.decode()  # the same in base64
    assert "PRIVATE KEY" in b64decode(Seal(SEAL).open(sealed)).decode()
    other = Fernet.generate_key().decode()
    for secret, good in ((other, False), (None, False), (f"{other},{SEAL}", True)):
        async with open_school(**configured | {"signing_keys_secret": secret}) as replica:
            if good:
                assert key_of(await replica.granted()) == newest
            else:
                await replica.standard()
                refused = problem(await replica.play(), 503, "not-configured")
                assert refused["setting"] == "SIGNING_KEYS_SECRET"


async def test_a_key_that_mux_did_not_make_is_not_kept(
    school: School, settings: MakeSettings, configured: dict[str, Any], mux: Simulator
) -> None:
    """Mux refuses, or is away: the command says so without a secret, and the former key goes on signing."""
    await school.standard()
    for wrong in ({"mux_token_secret": "guessed secret"}, {"mux_base_url": "http://127.0.0.1:9"}):
        with pytest.raises(MuxFailed) as failed:
            await keys_command.run(["rotate"], settings(**configured | wrong))
        assert "guessed" not in str(failed.value)
    assert await school.pool.fetchval("SELECT count(*) FROM signing_keys") == 0
    await school.granted()


async def test_the_application_cannot_delete_a_key(school: School) -> None:
    """A revoked key stays on record."""
    with pytest.raises(Exception, match="permission denied"):
        await school.pool.execute("DELETE FROM signing_keys")


async def test_a_roll_over_under_load_signs_once_with_each_key(
    open_school: OpenSchool, settings: MakeSettings, configured: dict[str, Any]
) -> None:
    """Learners who ask while a key is made get tokens of the old or of the new one, and never an error."""
    run = settings(**configured)
    async with open_school(**configured) as school:
        await school.course()
        await school.lesson()
        learners = [f"learner-{n}" for n in range(40)]
        for learner in learners:
            await school.enroll(learner)
        rotating = asyncio.create_task(keys_command.run(["rotate"], run))
        used = set()
        for _ in range(2):
            used |= {key_of(answer) for answer in await asyncio.gather(*(school.granted(user=n) for n in learners))}
        newest = (await rotating)[0].split()[0]
        assert used <= {configured["mux_signing_key"], newest}
        assert key_of(await school.granted(user="learner-1")) == newest


@pytest.mark.parametrize("wrong", ["short", "not base64!", "bm90IDMyIGJ5dGVz"])
def test_a_seal_of_another_form_stops_the_start_without_being_shown(wrong: str) -> None:
    """The setting is named, and not its value."""
    with pytest.raises(UnreadableKey, match="SIGNING_KEYS_SECRET") as error:
        Seal(wrong)
    assert wrong not in str(error.value)
