"""The Mux signing key: it comes from Mux's API, here the simulator's, which shows the private half once."""

import base64
import json
import urllib.error
import urllib.request
from typing import Any

from devstack.credentials import Credentials

TIMEOUT = 10
PATH = "/system/v1/signing-keys"


def ensure_signing_key(base_url: str, credentials: Credentials) -> Credentials:
    """The credentials with a key that the simulator knows; a new one where it has forgotten the last."""
    if credentials.mux_signing_key and _known(base_url, credentials):
        return credentials
    made = _call("POST", f"{base_url}{PATH}", credentials)
    return credentials.with_signing_key(made["data"]["id"], made["data"]["private_key"])


def _known(base_url: str, credentials: Credentials) -> bool:
    try:
        _call("GET", f"{base_url}{PATH}/{credentials.mux_signing_key}", credentials)
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return False
        raise
    return True


def _call(method: str, url: str, credentials: Credentials) -> Any:
    login = base64.b64encode(f"{credentials.mux_token_id}:{credentials.mux_token_secret}".encode()).decode()
    request = urllib.request.Request(url, method=method, headers={"Authorization": f"Basic {login}"})
    with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
        return json.load(response)
