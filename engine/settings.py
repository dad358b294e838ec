"""Settings: everything an installation may choose, read once from the environment.

`FIELDS` is the one list of names; docs/reference/settings.md explains the same list, and a test compares
the two. Outside the demonstration, settings that would leave a door open are refused all at once, in one
sentence, before anything starts.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from engine.errors import Refused

SECRET_LENGTH = 32
LONGEST_RESCUE = 45  # seconds; with it a dead worker is still replaced within a minute
SMTP_SECURITIES = ("starttls", "tls", "none")
SCANNER_ADDRESS = re.compile(r"tcp://[^/:\s]+:\d{1,5}|unix:/\S+")
KEEP, HOLD = "keep", "hold"
EXECUTORS = ("marking", "spiffworkflow")


class UnsafeSettings(Refused):
    """The environment asks for something that must not be served to people."""

    code = "unsafe_settings"
    vi = "Chưa thể khởi động: {faults_vi}."
    en = "It cannot start: {faults_en}."


@dataclass(frozen=True)
class Fault:
    """One reason not to start, in both languages."""

    vi: str
    en: str


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One installation. Times in minutes, the rescue of a worker's job in seconds, sizes in bytes."""

    database_url: str = "sqlite:///var/motcua.sqlite"
    files: Path = Path("var/files")
    keys: Path | None = None
    pkcs11: str = ""
    scans: Path | None = None
    secret_key: str = ""
    secret_key_fallbacks: tuple[str, ...] = ()
    public_url: str = "https://localhost"
    trusted_hosts: tuple[str, ...] = ()
    allow_http: bool = False
    proxies: int = 0
    host: str = "127.0.0.1"
    port: int = 8000
    web_workers: int = 2
    web_threads: int = 2
    rescue: int = 30
    executor: str = "marking"
    max_request: int = 64 * 1024 * 1024
    max_file: int = 20 * 1024 * 1024
    session_idle: int = 30
    session_life: int = 8 * 60
    message_days: int = 30
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: str = "starttls"
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_from: str = ""
    scanner: str = ""
    scanner_away: str = "keep"
    tsa: str = ""
    crls: tuple[str, ...] = ()
    ocsp: str = ""
    demo: bool = False
    debug: bool = False

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """Read and check the settings; a name of ours that is not known is a fault too.

        Raises:
            UnsafeSettings: Listing every fault, so that one round of repair is enough.
        """
        settings, faults = _read(environ)
        _refuse([*faults, *settings.faults()])
        return settings

    @classmethod
    def for_commands(cls, environ: Mapping[str, str]) -> Settings:
        """Read the settings for a command that serves nobody: only what cannot be read is refused.

        Raises:
            UnsafeSettings: Listing every name and value that makes no sense.
        """
        settings, faults = _read(environ)
        _refuse([*faults, *_shape_faults(settings)])
        return settings

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    def faults(self) -> list[Fault]:
        """Return everything that forbids to serve people with these settings."""
        faults = list(_shape_faults(self))
        if not self.demo:
            faults.extend(_safety_faults(self))
        return faults


def demo_environment(folder: Path, port: int) -> dict[str, str]:
    """The demonstration: SQLite in `folder`, plain http for this machine only, a secret of its own."""
    return {
        "DATABASE_URL": f"sqlite:///{folder / 'demo.sqlite'}",
        "MOTCUA_FILES": str(folder / "files"),
        "MOTCUA_KEYS": str(folder / "keys"),
        "MOTCUA_SCANS": str(folder / "scans"),
        "MOTCUA_SECRET_KEY": secrets.token_hex(32),
        "MOTCUA_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "MOTCUA_TRUSTED_HOSTS": "127.0.0.1,localhost",
        "MOTCUA_ALLOW_HTTP": "yes",
        "MOTCUA_PORT": str(port),
        "MOTCUA_DEMO": "yes",
    }


def _read(environ: Mapping[str, str]) -> tuple[Settings, list[Fault]]:
    """Read what can be read; the rest becomes faults and keeps its default."""
    values: dict[str, Any] = {}
    faults = [
        Fault(f"không có cài đặt nào tên {name}", f"there is no setting called {name}")
        for name in sorted(environ)
        if name.startswith("MOTCUA_") and name not in FIELDS
    ]
    for name, (attribute, read) in FIELDS.items():
        text = environ.get(name, "").strip()
        if not text:
            continue
        try:
            values[attribute] = read(text)
        except ValueError:
            faults.append(Fault(f"{name} không đọc được: “{text}”", f"{name} cannot be read: “{text}”"))
    return Settings(**values), faults


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise UnsafeSettings(
            "safe settings",
            "; ".join(fault.en for fault in faults),
            faults_vi="; ".join(fault.vi for fault in faults),
            faults_en="; ".join(fault.en for fault in faults),
        )


def _shape_faults(settings: Settings) -> list[Fault]:
    """Values that make no sense in any mode."""
    faults = []
    if settings.executor not in EXECUTORS:
        faults.append(
            Fault(
                f"MOTCUA_EXECUTOR phải là marking hoặc spiffworkflow, đang là “{settings.executor}”",
                f"MOTCUA_EXECUTOR must be marking or spiffworkflow, it is “{settings.executor}”",
            )
        )
    if not settings.database_url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        faults.append(
            Fault(
                "DATABASE_URL phải bắt đầu bằng sqlite:/// hoặc postgresql://",
                "DATABASE_URL must begin with sqlite:/// or postgresql://",
            )
        )
    faults.extend(_mail_faults(settings))
    faults.extend(_scanner_faults(settings))
    faults.extend(_trust_faults(settings))
    address = urlsplit(settings.public_url)
    if address.scheme not in ("http", "https") or not address.hostname:
        faults.append(
            Fault(
                "MOTCUA_PUBLIC_URL phải là địa chỉ đầy đủ, ví dụ https://motcua.tinh.gov.vn",
                "MOTCUA_PUBLIC_URL must be a full address such as https://motcua.example.vn",
            )
        )
    return faults


def _mail_faults(settings: Settings) -> list[Fault]:
    faults = []
    if settings.smtp_security not in SMTP_SECURITIES:
        faults.append(
            Fault(
                f"MOTCUA_SMTP_SECURITY phải là starttls, tls hoặc none, đang là “{settings.smtp_security}”",
                f"MOTCUA_SMTP_SECURITY must be starttls, tls or none, it is “{settings.smtp_security}”",
            )
        )
    if settings.smtp_host and "@" not in settings.smtp_from:
        faults.append(
            Fault(
                "có MOTCUA_SMTP_HOST mà thiếu địa chỉ gửi MOTCUA_SMTP_FROM",
                "MOTCUA_SMTP_HOST is set, but MOTCUA_SMTP_FROM is no address to send from",
            )
        )
    return faults


def _scanner_faults(settings: Settings) -> list[Fault]:
    faults = []
    if settings.scanner and not SCANNER_ADDRESS.fullmatch(settings.scanner):
        faults.append(
            Fault(
                "MOTCUA_SCANNER phải có dạng tcp://127.0.0.1:3310 hoặc unix:/run/clamav/clamd.ctl",
                "MOTCUA_SCANNER must have the form tcp://127.0.0.1:3310 or unix:/run/clamav/clamd.ctl",
            )
        )
    if settings.scanner_away not in (KEEP, HOLD):
        faults.append(
            Fault(
                f"MOTCUA_SCANNER_AWAY phải là keep hoặc hold, đang là “{settings.scanner_away}”",
                f"MOTCUA_SCANNER_AWAY must be keep or hold, it is “{settings.scanner_away}”",
            )
        )
    return faults


def _trust_faults(settings: Settings) -> list[Fault]:
    wanted = {"MOTCUA_TSA_URL": (settings.tsa,), "MOTCUA_CRL_URLS": settings.crls}
    return [
        Fault(
            f"{name} phải là địa chỉ http(s) đầy đủ, đang là “{one}”",
            f"{name} must be a full http(s) address, it is “{one}”",
        )
        for name, addresses in (wanted | {"MOTCUA_OCSP_URL": (settings.ocsp,)}).items()
        for one in addresses
        if one and not (urlsplit(one).scheme in ("http", "https") and urlsplit(one).hostname)
    ]


def _safety_faults(settings: Settings) -> list[Fault]:
    """What a demonstration on one machine may do and an office may not."""
    faults = []
    if not settings.secret_key:
        faults.append(Fault("thiếu MOTCUA_SECRET_KEY", "MOTCUA_SECRET_KEY is missing"))
    elif any(len(key) < SECRET_LENGTH for key in (settings.secret_key, *settings.secret_key_fallbacks)):
        faults.append(
            Fault(
                f"MOTCUA_SECRET_KEY ngắn hơn {SECRET_LENGTH} ký tự",
                f"MOTCUA_SECRET_KEY is shorter than {SECRET_LENGTH} characters",
            )
        )
    if settings.debug:
        faults.append(
            Fault(
                "MOTCUA_DEBUG chỉ dùng được ở chế độ trình diễn",
                "MOTCUA_DEBUG is only for the demonstration",
            )
        )
    if not settings.trusted_hosts:
        faults.append(
            Fault(
                "thiếu MOTCUA_TRUSTED_HOSTS (các tên miền được phục vụ)",
                "MOTCUA_TRUSTED_HOSTS (the host names served) is missing",
            )
        )
    if settings.smtp_password and settings.smtp_security == "none":
        faults.append(
            Fault(
                "MOTCUA_SMTP_PASSWORD sẽ đi không mã hóa vì MOTCUA_SMTP_SECURITY=none",
                "MOTCUA_SMTP_PASSWORD would be sent in the clear: MOTCUA_SMTP_SECURITY is none",
            )
        )
    if not settings.is_https and not settings.allow_http:
        faults.append(
            Fault(
                "MOTCUA_PUBLIC_URL dùng http mà chưa có MOTCUA_ALLOW_HTTP=yes",
                "MOTCUA_PUBLIC_URL is plain http without MOTCUA_ALLOW_HTTP=yes",
            )
        )
    return faults


def _flag(text: str) -> bool:
    known = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    if text.lower() not in known:
        raise ValueError(text)
    return known[text.lower()]


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _count(low: int, high: int, factor: int = 1) -> Callable[[str], int]:
    def read(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError(text)
        return value * factor

    return read


MEGABYTE = 1024 * 1024

# name in the environment → (attribute, how its text is read)
FIELDS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "DATABASE_URL": ("database_url", str),
    "MOTCUA_FILES": ("files", Path),
    "MOTCUA_KEYS": ("keys", Path),
    "MOTCUA_PKCS11": ("pkcs11", str),
    "MOTCUA_SCANS": ("scans", Path),
    "MOTCUA_SECRET_KEY": ("secret_key", str),
    "MOTCUA_SECRET_KEY_FALLBACKS": ("secret_key_fallbacks", _list),
    "MOTCUA_PUBLIC_URL": ("public_url", lambda text: text.rstrip("/")),
    "MOTCUA_TRUSTED_HOSTS": ("trusted_hosts", _list),
    "MOTCUA_ALLOW_HTTP": ("allow_http", _flag),
    "MOTCUA_PROXIES": ("proxies", _count(0, 5)),
    "MOTCUA_HOST": ("host", str),
    "MOTCUA_PORT": ("port", _count(1, 65535)),
    "MOTCUA_WEB_WORKERS": ("web_workers", _count(1, 64)),
    "MOTCUA_WEB_THREADS": ("web_threads", _count(1, 64)),
    "MOTCUA_RESCUE_SECONDS": ("rescue", _count(2, LONGEST_RESCUE)),
    "MOTCUA_EXECUTOR": ("executor", str),
    "MOTCUA_MAX_REQUEST_MB": ("max_request", _count(1, 1024, MEGABYTE)),
    "MOTCUA_MAX_FILE_MB": ("max_file", _count(1, 512, MEGABYTE)),
    "MOTCUA_SESSION_IDLE_MINUTES": ("session_idle", _count(1, 8 * 60)),
    "MOTCUA_SESSION_HOURS": ("session_life", _count(1, 24, 60)),
    "MOTCUA_MESSAGE_DAYS": ("message_days", _count(1, 3650)),
    "MOTCUA_SMTP_HOST": ("smtp_host", str),
    "MOTCUA_SMTP_PORT": ("smtp_port", _count(1, 65535)),
    "MOTCUA_SMTP_SECURITY": ("smtp_security", str),
    "MOTCUA_SMTP_USER": ("smtp_user", str),
    "MOTCUA_SMTP_PASSWORD": ("smtp_password", str),
    "MOTCUA_SMTP_FROM": ("smtp_from", str),
    "MOTCUA_SCANNER": ("scanner", str),
    "MOTCUA_SCANNER_AWAY": ("scanner_away", str),
    "MOTCUA_TSA_URL": ("tsa", str),
    "MOTCUA_CRL_URLS": ("crls", _list),
    "MOTCUA_OCSP_URL": ("ocsp", str),
    "MOTCUA_DEMO": ("demo", _flag),
    "MOTCUA_DEBUG": ("debug", _flag),
}
