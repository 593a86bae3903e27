"""CloudFront: what is signed here, the public key accepts; and nothing else."""

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from core.delivery.cloudfront import Distribution, open_distribution
from core.errors import SettingsError
from core.settings import load_settings
from tests.delivery.conftest import check_signature, decoded

EXPIRES_AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
EPOCH = 1_795_399_200
URL = "https://cdn.example.com/videos/v1/original.mp4"
CANNED = f'{{"Statement":[{{"Resource":"{URL}","Condition":{{"DateLessThan":{{"AWS:EpochTime":{EPOCH}}}}}}}]}}'.encode()


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query, strict_parsing=True).items()}


def test_a_canned_url_signs_the_policy_that_cloudfront_puts_together_itself(key_pair, private_key):
    told = query(key_pair.canned_url(URL, EXPIRES_AT))

    assert told.keys() == {"Expires", "Signature", "Key-Pair-Id"}
    assert (told["Expires"], told["Key-Pair-Id"]) == (str(EPOCH), "K2JCJMDEHXQW5F")
    check_signature(private_key, told["Signature"], CANNED)


def test_a_canned_url_keeps_the_query_it_had_and_signs_it_too(key_pair, private_key):
    url = key_pair.canned_url(f"{URL}?download=1", EXPIRES_AT)

    assert url.startswith(f"{URL}?download=1&Expires={EPOCH}&")
    check_signature(private_key, query(url)["Signature"], CANNED.replace(b'.mp4"', b'.mp4?download=1"'))


def test_a_signature_is_good_for_no_other_time_or_address(key_pair, private_key):
    signature = query(key_pair.canned_url(URL, EXPIRES_AT))["Signature"]

    for other in (CANNED.replace(b"v1", b"v2"), CANNED.replace(b"1795399200", b"1795399201")):
        with pytest.raises(InvalidSignature):
            check_signature(private_key, signature, other)


def test_a_custom_policy_covers_a_whole_folder(key_pair, private_key):
    told = query(f"{URL}?{key_pair.custom_query('https://cdn.example.com/videos/v1/*', EXPIRES_AT)}")

    assert told.keys() == {"Policy", "Signature", "Key-Pair-Id"}
    policy = decoded(told["Policy"])
    assert json.loads(policy) == {
        "Statement": [
            {
                "Resource": "https://cdn.example.com/videos/v1/*",
                "Condition": {"DateLessThan": {"AWS:EpochTime": EPOCH}},
            }
        ]
    }
    check_signature(private_key, told["Signature"], policy)


def test_canned_cookies_hold_what_a_canned_url_does(key_pair, private_key):
    cookies = key_pair.canned_cookies(URL, EXPIRES_AT)

    assert cookies.keys() == {"CloudFront-Expires", "CloudFront-Signature", "CloudFront-Key-Pair-Id"}
    assert (cookies["CloudFront-Expires"], cookies["CloudFront-Key-Pair-Id"]) == (str(EPOCH), "K2JCJMDEHXQW5F")
    check_signature(private_key, cookies["CloudFront-Signature"], CANNED)


def test_custom_cookies_hold_what_a_custom_query_does(key_pair, private_key):
    cookies = key_pair.custom_cookies("https://cdn.example.com/videos/v1/*", EXPIRES_AT)

    assert cookies.keys() == {"CloudFront-Policy", "CloudFront-Signature", "CloudFront-Key-Pair-Id"}
    policy = decoded(cookies["CloudFront-Policy"])
    assert b'"Resource":"https://cdn.example.com/videos/v1/*"' in policy
    check_signature(private_key, cookies["CloudFront-Signature"], policy)


def test_what_is_signed_holds_no_letter_that_a_query_or_cookie_could_not(key_pair):
    for n in range(20):  # base64 of 20 signatures has every letter in it
        signed = key_pair.custom_query(f"https://cdn.example.com/videos/{n}/*", EXPIRES_AT)
        assert not set("+/%; ,") & set(signed)


def test_a_distribution_knows_plain_addresses(key_pair):
    plain = Distribution("cdn.example.com")

    assert plain.url("videos/v1/original.mp4") == URL
    assert plain.url("fights/a b+c%.mp4") == "https://cdn.example.com/fights/a%20b%2Bc%25.mp4"
    assert plain.signed_url("videos/v1/original.mp4", "videos/v1", EXPIRES_AT) == URL


def test_a_distribution_with_a_key_pair_signs_for_all_of_a_videos_folder(key_pair, private_key):
    signed = Distribution("cdn.example.com", key_pair).signed_url("videos/v1/hls/720p.mp4", "videos/v1", EXPIRES_AT)

    assert signed.startswith("https://cdn.example.com/videos/v1/hls/720p.mp4?Policy=")
    policy = decoded(query(signed)["Policy"])
    assert b'"Resource":"https://cdn.example.com/videos/v1/*"' in policy
    check_signature(private_key, query(signed)["Signature"], policy)


def test_the_private_key_is_in_no_text_of_the_key_pair(key_pair):
    assert "RSA" not in repr(Distribution("cdn.example.com", key_pair))


def configured(monkeypatch, **variables):
    for name, value in variables.items():
        monkeypatch.setenv(f"CLOUDFRONT_{name}", str(value))
    return open_distribution(load_settings())


def test_settings_without_a_domain_name_no_distribution(monkeypatch, pem):
    assert configured(monkeypatch, KEY_PAIR_ID="K1", PRIVATE_KEY_FILE=pem) is None


def test_settings_name_a_distribution_with_or_without_a_key_pair(monkeypatch, pem, private_key):
    assert configured(monkeypatch, DOMAIN="cdn.example.com") == Distribution("cdn.example.com")

    signing = configured(monkeypatch, KEY_PAIR_ID="K1", PRIVATE_KEY_FILE=pem)
    assert signing.key_pair.id == "K1"
    check_signature(private_key, query(signing.key_pair.canned_url(URL, EXPIRES_AT))["Signature"], CANNED)


def test_half_a_key_pair_is_refused(monkeypatch, pem):
    with pytest.raises(SettingsError, match="CLOUDFRONT_PRIVATE_KEY_FILE should be set too"):
        configured(monkeypatch, DOMAIN="cdn.example.com", KEY_PAIR_ID="K1")
    monkeypatch.delenv("CLOUDFRONT_KEY_PAIR_ID")
    with pytest.raises(SettingsError, match="CLOUDFRONT_KEY_PAIR_ID should be set too"):
        configured(monkeypatch, DOMAIN="cdn.example.com", PRIVATE_KEY_FILE=pem)


def elliptic() -> bytes:
    return generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (lambda _: b"", "holds no private key in PEM"),
        (lambda _: b"\x00\xff secret", "holds no private key in PEM"),
        (lambda key: key.public_key().public_numbers().n.to_bytes(256), "holds no private key in PEM"),
        (
            lambda key: key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")),
            "holds no private key in PEM without a password",
        ),
        (lambda _: elliptic(), "holds no RSA key"),
    ],
    ids=["empty", "bytes", "public", "with a password", "elliptic"],
)
def test_a_file_that_holds_no_usable_key_is_refused_without_a_word_of_it(monkeypatch, pem, private_key, content, why):
    pem.write_bytes(content(private_key))

    with pytest.raises(SettingsError, match=why) as refusal:
        configured(monkeypatch, DOMAIN="cdn.example.com", KEY_PAIR_ID="K1", PRIVATE_KEY_FILE=pem)
    assert "secret" not in str(refusal.value)
    assert "openssl genrsa 2048" in str(refusal.value)
