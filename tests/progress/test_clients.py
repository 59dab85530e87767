"""What a request tells of its browser and country: few names, only the gateway's word, and nothing that is kept."""

from collections.abc import Mapping

import pytest

from contracts.clients import BROWSERS, OTHER
from progress_service.clients import REMEMBERED, UNKNOWN, Client, Clients, family_of

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
ANDROID = "Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) "


def of(headers: Mapping[str, str], country_header: str | None = "x-country") -> Client:
    return Clients(country_header).of(headers)


@pytest.mark.parametrize(
    ("user_agent", "family"),
    [
        (CHROME, "chrome"),
        (CHROME.replace("Chrome/", "HeadlessChrome/"), "chrome"),
        (f"{CHROME} Edg/129.0.0.0", "edge"),
        (f"{CHROME} OPR/110.0.0.0", "opera"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0", "firefox"),
        ("Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0", "firefox"),
        (f"{MAC}Version/17.5 Safari/605.1.15", "safari"),
        (f"{IPHONE}Version/17.5 Mobile/15E148 Safari/604.1", "safari"),
        (f"{IPHONE}Mobile/15E148", "safari"),
        (f"{IPHONE}CriOS/126.0.6478.153 Mobile/15E148 Safari/604.1", "chrome"),
        (f"{IPHONE}FxiOS/127.0 Mobile/15E148 Safari/605.1.15", "firefox"),
        (f"{IPHONE}EdgiOS/126.0 Version/17.0 Mobile/15E148 Safari/604.1", "edge"),
        (f"{ANDROID}SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36", "samsung"),
        (f"{ANDROID}Version/4.0 Chrome/121.0.0.0 Mobile Safari/537.36", "chrome"),
        ("curl/8.9.1", OTHER),
        ("x" * 60_000, OTHER),
        ("", None),
        ("  ", None),
    ],
)
def test_a_browser_is_one_of_few_families(user_agent: str, family: str | None) -> None:
    """Row E4: on a phone and on a desk alike; what is no known browser is `other`, and who says nothing is unknown."""
    assert of({"user-agent": user_agent}).browser == family


def test_no_family_has_a_name_of_its_own() -> None:
    """Row E4: whatever the rules call a browser, it is one of the names that are agreed on."""
    assert {family_of(name) for name in ("Mobile Firefox", "IE", "", "Chrome Mobile iOS", "é")} <= {*BROWSERS, OTHER}


@pytest.mark.parametrize(
    ("told", "country"),
    [("DE", "DE"), ("de ", "DE"), ("XX", None), ("ZZ", None), ("T1", None), ("DEU", None), ("", None), ("ДЕ", None)],
)
def test_a_country_is_two_letters(told: str, country: str | None) -> None:
    """Row E4: what the gateway cannot place is unknown, and so is what is no country's code."""
    assert of({"x-country": told}).country == country


def test_nobody_is_believed_whom_the_settings_do_not_name() -> None:
    """Row E4: without a header in the settings no country is known, whatever a client sends."""
    claims = {"cf-ipcountry": "DE", "x-country": "DE", "x-seatime-country": "DE"}
    assert of(claims, country_header=None) == UNKNOWN
    assert of({"cf-ipcountry": "DE"}) == UNKNOWN


def test_a_client_can_make_neither_memory_nor_record_grow() -> None:
    """Row E4: headers are cut before they are looked at, and only the latest are remembered."""
    clients = Clients("x-country")
    for number in range(REMEMBERED + 10):
        clients.of({"user-agent": f"{number} " + "x" * 10_000, "x-country": "y" * 10_000})
    assert clients.remembered == REMEMBERED
    assert clients.of({"user-agent": CHROME, "x-country": "de"}).facts == b',"browser":"chrome","country":"DE"'
