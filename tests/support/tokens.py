"""A token for tests: SoftHSM, the software of a security module, with one key made by whoever signs."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from runtime_api.demo_keys import make_certificate, subject_of

LIBRARIES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)
PIN, OFFICER = "246810", "13579135"


def why_not() -> str:
    """Return why tokens cannot be tested on this machine; empty where they can."""
    try:
        import pkcs11  # noqa: F401
    except ImportError:
        return "the package python-pkcs11 (extra: tokens) is not installed"
    if shutil.which("softhsm2-util") is None or not _library():
        return "SoftHSM is not installed (apt-get install softhsm2)"
    return ""


@dataclass(frozen=True)
class Token:
    """A token with keys of people whose certificates the issuer in `folder` made."""

    library: str
    label: str
    folder: Path

    def add_key(self, label: str, name: str, organisation: str = "") -> None:
        """Put an RSA key of 2048 bits on the token, with its certificate."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        issuer = x509.load_pem_x509_certificate((self.folder / "roots" / "demo.pem").read_bytes())
        secret = load_pem_private_key((self.folder / "issuer.key").read_bytes(), None)
        certificate = make_certificate(subject_of(name, organisation), key, issuer.subject, secret)
        place = self.folder / f"{label}.pk8"
        place.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        _run(
            "--import",
            str(place),
            "--token",
            self.label,
            "--label",
            label,
            "--id",
            label.encode().hex(),
            "--pin",
            PIN,
        )
        place.unlink()
        self._add_certificate(label, certificate)

    def _add_certificate(self, label: str, certificate: x509.Certificate) -> None:
        import pkcs11
        from pkcs11.util.x509 import decode_x509_certificate

        parts = decode_x509_certificate(certificate.public_bytes(Encoding.DER))
        parts |= {
            pkcs11.Attribute.LABEL: label,
            pkcs11.Attribute.ID: label.encode(),
            pkcs11.Attribute.TOKEN: True,
        }
        with (
            pkcs11.lib(self.library).get_token(token_label=self.label).open(user_pin=PIN, rw=True) as session
        ):
            session.create_object(parts)


def make_token(place: Path, folder: Path, label: str = "So Xay dung") -> Token:
    """Initialise a token below `place`; `SOFTHSM2_CONF` must name `place / "softhsm2.conf"` already."""
    (place / "tokens").mkdir(parents=True, exist_ok=True)
    (place / "softhsm2.conf").write_text(f"directories.tokendir = {place / 'tokens'}\nlog.level = ERROR\n")
    _run("--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", OFFICER)
    return Token(_library(), label, folder)


def _run(*words: str) -> None:
    subprocess.run(["softhsm2-util", *words], check=True, capture_output=True)


def _library() -> str:
    return next((one for one in LIBRARIES if Path(one).exists()), "")
