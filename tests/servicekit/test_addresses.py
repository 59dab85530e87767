"""What a stranger may have us fetch: a table of attacks, and the plain addresses that have to pass."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from servicekit.addresses import AddressRefused, Rules, all_public, is_public, redirected, target_of

RULES = Rules()

ATTACKS = {
    "loopback": "http://127.0.0.1/",
    "loopback, another": "http://127.8.9.10/",
    "loopback, a port": "http://127.0.0.1:80/",
    "loopback, short": "http://127.1/",
    "loopback, decimal": "http://2130706433/",
    "loopback, hexadecimal": "http://0x7f000001/",
    "loopback, hexadecimal parts": "http://0x7f.0.0.0x1/",
    "loopback, octal": "http://0177.0.0.1/",
    "loopback, octal in one": "http://017700000001/",
    "loopback, leading zeros": "http://127.000.000.001/",
    "loopback, trailing dot": "http://127.0.0.1./",
    "loopback, five parts": "http://127.0.0.0.1/",
    "a name that ends in a number": "http://example.1/",
    "a name that ends in hexadecimal": "http://example.0x/",
    "overflow": "http://4294967297/",
    "this network": "http://0.0.0.0/",
    "zero": "http://0/",
    "private, 10": "http://10.1.2.3/",
    "private, 172": "http://172.31.255.255/",
    "private, 192": "http://192.168.1.1/",
    "carrier's": "http://100.64.0.1/",
    "Alibaba's metadata": "http://100.100.100.200/",
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "Azure's wire server": "http://168.63.129.16/",
    "protocol assignments": "http://192.0.0.170/",
    "documentation": "http://203.0.113.5/",
    "benchmarks": "http://198.18.0.1/",
    "6to4 relay": "http://192.88.99.1/",
    "multicast": "http://224.0.0.1/",
    "reserved": "http://240.0.0.1/",
    "broadcast": "http://255.255.255.255/",
    "IPv6 loopback": "http://[::1]/",
    "IPv6 loopback, long": "http://[0:0:0:0:0:0:0:1]/",
    "IPv6 unspecified": "http://[::]/",
    "IPv6 mapped": "http://[::ffff:127.0.0.1]/",
    "IPv6 mapped, hexadecimal": "http://[::ffff:7f00:1]/",
    "IPv6 mapped, public": "http://[::ffff:8.8.8.8]/",
    "IPv6 compatible": "http://[::127.0.0.1]/",
    "IPv6 translated": "http://[::ffff:0:127.0.0.1]/",
    "NAT64": "http://[64:ff9b::7f00:1]/",
    "NAT64, local": "http://[64:ff9b:1::7f00:1]/",
    "6to4": "http://[2002:7f00:1::]/",
    "6to4, public": "http://[2002:808:808::1]/",
    "Teredo": "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
    "IPv6 documentation": "http://[2001:db8::1]/",
    "IPv6 documentation, new": "http://[3fff::1]/",
    "IPv6 link-local": "http://[fe80::1]/",
    "IPv6 link-local, zone": "http://[fe80::1%25eth0]/",
    "IPv6 site-local": "http://[fec0::1]/",
    "IPv6 unique local": "http://[fd00:ec2::254]/",
    "IPv6 multicast": "http://[ff02::1]/",
    "IPv6 segment routing": "http://[5f00::1]/",
    "IPv6, zone on a public one": "http://[2606:4700::1111%eth0]/",
    "IPv6 without its end": "http://[::1/",
    "IPv6, future": "http://[v1.x]/",
    "user": "http://videos.example@127.0.0.1/",
    "user and password": "http://a:b@videos.example/",
    "user, empty": "http://@videos.example/",
    "user, encoded": "http://videos.example%40127.0.0.1/",
    "backslash": "http://videos.example\\@127.0.0.1/",
    "backslash before the host": "http:\\\\127.0.0.1/",
    "two hosts": "http://127.0.0.1 videos.example/",
    "fragment in the host": "http://127.0.0.1#@videos.example/",
    "question in the host": "http://127.0.0.1?@videos.example/",
    "tab": "http://127.0.0.1\t.videos.example/",
    "line break": "http://videos.example/\r\nHost: internal",
    "line break at the end": "http://videos.example/\n",
    "space before": " http://videos.example/",
    "nul": "http://videos.example\x00.internal/",
    "encoded host": "http://%31%32%37.0.0.1/",
    "full-width digits": "http://１２７.０.０.１/",
    "full-width dot": "http://127。0。0。1/",
    "circled digits": "http://①②⑦.⓪.⓪.①/",
    "Kelvin's k": "http://\u212aernel.example/",
    "soft hyphen": "http://local\u00adhost/",
    "international name, not encoded": "http://bücher.example/",
    "localhost": "http://localhost/",
    "one label": "http://intranet/",
    "an empty label": "http://videos..example/",
    "trailing dot": "http://videos.example./",
    "no host": "http:///etc/passwd",
    "no slashes": "http:videos.example",
    "no scheme": "//videos.example/",
    "file": "file:///etc/passwd",
    "gopher": "gopher://videos.example:70/_x",
    "ftp": "ftp://videos.example/",
    "data": "data:text/plain,x",
    "dict": "dict://videos.example:11211/stat",
    "s3": "s3://bucket/key",
    "ssh's port": "http://videos.example:22/",
    "database's port": "http://videos.example:5432/",
    "port zero": "http://videos.example:0/",
    "port too large": "http://videos.example:65616/",
    "port, empty": "http://videos.example:/",
    "port, signed": "http://videos.example:+80/",
    "port, leading zero": "http://videos.example:080/",
    "port, twice": "http://videos.example:80:80/",
    "port, foreign digits": "http://videos.example:８０/",
    "too long": "http://videos.example/" + "x" * 2100,
    "nothing": "",
}


@pytest.mark.parametrize("url", ATTACKS.values(), ids=ATTACKS)
def test_an_attack_is_refused(url: str) -> None:
    """Before any name is resolved, as an address and as the target of a redirect."""
    with pytest.raises(AddressRefused):
        target_of(url, RULES)
    if "://" in url and not url.startswith("http:///"):  # that is a path on the same host, for a redirect
        with pytest.raises(AddressRefused):
            redirected(target_of("http://videos.example/", RULES), url, RULES)


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("http://videos.example/a.mp4", "videos.example", 80),
        ("HTTPS://Videos.EXAMPLE/a.mp4?x=1&y=%20#t=3", "videos.example", 443),
        ("https://videos.example:443", "videos.example", 443),
        ("http://videos.example:443/", "videos.example", 443),
        (
            "https://my_bucket.s3.eu-west-1.amazonaws.com/k?X-Amz-Signature=0a",
            "my_bucket.s3.eu-west-1.amazonaws.com",
            443,
        ),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example", 443),
        ("https://1.example/", "1.example", 443),
        ("http://8.8.8.8/", "8.8.8.8", 80),
        ("http://[2606:4700:4700::1111]/", "2606:4700:4700::1111", 80),
    ],
)
def test_a_plain_address_passes(url: str, host: str, port: int) -> None:
    """Names and public addresses, on the web's ports, with what S3 appends."""
    target = target_of(url, RULES)
    assert (target.host, target.port) == (host, port)
    assert (target.literal is None) == any(letter.isalpha() and letter > "f" for letter in host)
    assert "#" not in target.url


def test_ports_are_a_setting() -> None:
    """What is listed, and nothing else."""
    rules = Rules(ports=(8443,))
    assert target_of("https://videos.example:8443/", rules).port == 8443
    with pytest.raises(AddressRefused):
        target_of("https://videos.example/", rules)


@pytest.mark.parametrize(
    ("resolved", "passes"),
    [
        (["93.184.216.34"], True),
        (["93.184.216.34", "2606:2800:220:1::1"], True),
        (["93.184.216.34", "127.0.0.1"], False),
        (["93.184.216.34", "::1"], False),
        (["10.0.0.1"], False),
        (["::ffff:93.184.216.34"], False),
        (["fe80::1%eth0"], False),
        (["2606:2800:220:1::1%eth0"], False),
        (["no address"], False),
        ([], False),
    ],
)
def test_every_address_of_a_name_counts(resolved: list[str], passes: bool) -> None:
    """One inside is enough to refuse: the connection might take that one."""
    target = target_of("http://videos.example/", RULES)
    if passes:
        assert [str(one) for one in all_public(target, resolved, RULES)] == resolved
    else:
        with pytest.raises(AddressRefused):
            all_public(target, resolved, RULES)


def test_a_redirect_stays_with_the_rules() -> None:
    """Relative ones are joined; https does not fall back to http."""
    start = target_of("https://videos.example/a/b.mp4?x=1", RULES)
    assert redirected(start, "../c.mp4", RULES).url == "https://videos.example/c.mp4"
    assert redirected(start, "//cdn.example/c", RULES).url == "https://cdn.example/c"
    for location in (None, "", "http://videos.example/", "//127.0.0.1/", "https://videos.example:22/", "/a b", "//["):
        with pytest.raises(AddressRefused):
            redirected(start, location, RULES)


@given(st.integers(0, 2**32 - 1))
def test_a_number_is_an_address_in_one_spelling_only(number: int) -> None:
    """Public ones pass as four decimal numbers; no other spelling passes at all."""
    address = IPv4Address(number)
    dotted = f"http://{address}/"
    if is_public(address):
        assert target_of(dotted, RULES).literal == address
        assert address.is_global
    else:
        with pytest.raises(AddressRefused):
            target_of(dotted, RULES)
    parts = str(address).split(".")
    for spelling in (
        f"{number}",
        f"{number:#x}",
        f"0{number:o}",
        f"{'.'.join(parts[:2])}.{(int(parts[2]) << 8) + int(parts[3])}",
        ".".join(f"0{int(part):o}" for part in parts),
        ".".join(f"{int(part):#x}" for part in parts),
        f"[::ffff:{address}]",
        f"[64:ff9b::{address}]",
        f"[2002:{number >> 16:x}:{number & 65535:x}::]",
    ):
        with pytest.raises(AddressRefused):
            target_of(f"http://{spelling}/", RULES)


@given(st.integers(0, 2**128 - 1))
def test_only_what_python_too_calls_global_is_public(number: int) -> None:
    """Our list may be stricter than the library's, never laxer."""
    address = IPv6Address(number)
    assert not is_public(address) or (address.is_global and address.ipv4_mapped is None and address.sixtofour is None)


@given(st.text(alphabet="htps:/@[]#?%\\.127x0fa-_ \t\n：。①K", max_size=30) | st.text(max_size=20))
def test_what_passes_is_read_alike_by_who_connects(text: str) -> None:
    """The reader of URLs in the HTTP client sees the same host and port as the check did."""
    for url in (text, f"http://{text}", f"http://{text}.example/", f"http://videos.example{text}"):
        try:
            target = target_of(url, Rules(ports=tuple(range(1, 65_536))))
        except AddressRefused:
            continue
        seen = URL(target.url, encoded=True)
        assert (seen.scheme, seen.host, seen.port, seen.user) == (target.scheme, target.host, target.port, None)
        assert target.literal is None or ip_address(seen.host or "") == target.literal
