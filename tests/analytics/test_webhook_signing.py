"""Signatures against the specification's own vector and its authors' own library. Row F10."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from analytics_service.webhooks import signing


def test_the_specifications_vector_is_met() -> None:
    """Row F10: secret, id, time and body of the reference libraries' tests give their signature."""
    made = signing.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.text(), st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True), st.integers(1, 2))
def test_the_reference_library_believes_every_secret_that_signs(text: str, message_id: str, count: int) -> None:
    """Row F10: whatever the body; a receiver that knows either secret verifies, one that knows another does not."""
    secrets = [signing.new_secret() for _ in range(count)]
    body = text.encode(errors="replace")
    now = int(datetime.now(UTC).timestamp())
    headers = dict(signing.headers(secrets, message_id, now, body))
    for secret in secrets:
        Webhook(secret).verify(body, headers, json_parse=False)
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.new_secret()).verify(body, headers, json_parse=False)
    for wrong in (headers | {"webhook-id": "x" + message_id}, headers | {"webhook-timestamp": str(now + 1)}):
        with pytest.raises(WebhookVerificationError):
            Webhook(secrets[0]).verify(body, wrong, json_parse=False)
    with pytest.raises(WebhookVerificationError):
        Webhook(secrets[0]).verify(body + b" ", headers, json_parse=False)


def test_new_secrets_are_of_the_specified_form() -> None:
    """Row F10: `whsec_` and base64 of between 24 and 64 random bytes, another one each time."""
    first, second = signing.new_secret(), signing.new_secret()
    assert first != second
    assert first.startswith("whsec_")
    assert 24 <= len(base64.b64decode(first.removeprefix("whsec_"), validate=True)) <= 64
