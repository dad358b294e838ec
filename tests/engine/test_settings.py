"""Settings: one list of names, documented, and no door left open."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.settings import FIELDS, Settings, UnsafeSettings, demo_environment

SAFE = {
    "MOTCUA_SECRET_KEY": "s" * 40,
    "MOTCUA_TRUSTED_HOSTS": "motcua.example.vn, localhost",
    "MOTCUA_PUBLIC_URL": "https://motcua.example.vn/",
}
TABLE = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"


def test_every_setting_is_documented_exactly_once():
    documented = re.findall(r"^\| `(\w+)` \|", TABLE.read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(documented) == sorted(FIELDS)


def test_safe_settings_are_read():
    settings = Settings.from_env({**SAFE, "MOTCUA_PORT": "9000", "MOTCUA_MAX_FILE_MB": "5", "HOME": "/root"})

    assert settings.public_url == "https://motcua.example.vn"
    assert settings.trusted_hosts == ("motcua.example.vn", "localhost")
    assert (settings.port, settings.max_file, settings.is_https) == (9000, 5 * 1024 * 1024, True)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"MOTCUA_SECRET_KEY": ""}, "MOTCUA_SECRET_KEY is missing"),
        ({"MOTCUA_SECRET_KEY": "short"}, "shorter than 32"),
        ({"MOTCUA_SECRET_KEY_FALLBACKS": "old"}, "shorter than 32"),
        ({"MOTCUA_TRUSTED_HOSTS": ""}, "MOTCUA_TRUSTED_HOSTS"),
        ({"MOTCUA_PUBLIC_URL": "http://motcua.example.vn"}, "MOTCUA_ALLOW_HTTP"),
        ({"MOTCUA_PUBLIC_URL": "motcua"}, "full address"),
        ({"MOTCUA_DEBUG": "yes"}, "MOTCUA_DEBUG"),
        ({"MOTCUA_PORT": "99999"}, "MOTCUA_PORT cannot be read"),
        ({"MOTCUA_ALLOW_HTTP": "perhaps"}, "MOTCUA_ALLOW_HTTP cannot be read"),
        ({"MOTCUA_EXECUTOR": "other"}, "MOTCUA_EXECUTOR"),
        ({"MOTCUA_TSA_URL": "file:///etc/passwd"}, "MOTCUA_TSA_URL must be a full http"),
        ({"MOTCUA_CRL_URLS": "http://a.example/x.crl, ftp://b"}, "it is “ftp://b”"),
        ({"MOTCUA_OCSP_URL": "ocsp.example"}, "MOTCUA_OCSP_URL must be a full http"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL"),
        ({"MOTCUA_TRUSTED_HOST": "x"}, "no setting called MOTCUA_TRUSTED_HOST"),
    ],
)
def test_an_unsafe_setting_is_refused_by_name(change, word):
    with pytest.raises(UnsafeSettings) as refusal:
        Settings.from_env({**SAFE, **change})

    assert word in refusal.value.say("en")
    assert refusal.value.say("vi").startswith("Chưa thể khởi động: ")


def test_the_refusal_lists_all_faults_at_once():
    with pytest.raises(UnsafeSettings) as refusal:
        Settings.from_env({"MOTCUA_PUBLIC_URL": "http://x", "MOTCUA_DEBUG": "yes", "MOTCUA_PROXIES": "many"})

    assert len(refusal.value.say("en").split("; ")) == 5


def test_a_demonstration_may_do_what_an_office_may_not(tmp_path):
    demo = Settings.from_env(demo_environment(tmp_path, 8123))

    assert (demo.demo, demo.port, demo.is_sqlite) == (True, 8123, True)
    assert Settings.from_env({"MOTCUA_DEMO": "yes", "MOTCUA_DEBUG": "yes"}).debug
