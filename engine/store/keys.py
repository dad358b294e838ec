"""Signing keys: PKCS#12 files for the demonstration and small offices, PKCS#11 tokens for the rest.

A key is opened with its PIN for one act and forgotten; neither PIN nor key is ever written down by us.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import NotFound, Refused

SOFT, TOKEN = "soft", "pkcs11"


class WrongPin(Refused):
    """The PIN does not open the key."""

    code = "wrong_pin"
    vi = "Mã PIN chưa đúng nên chưa ký được văn bản nào. Hãy nhập lại; nhập sai nhiều lần thì phải chờ."
    en = "The PIN is not right, so nothing was signed. Enter it again; several wrong ones make you wait."


class KeyMissing(NotFound):
    """There is no key of this name, or its device is away."""

    code = "signing_key_missing"
    vi = "Không mở được khóa ký “{what}”: chưa cắm thiết bị, hoặc khóa chưa được cài. Hãy báo cán bộ CNTT."
    en = "The signing key “{what}” cannot be opened: its device is away, or it is not set up. Tell IT staff."


@dataclass(frozen=True, slots=True)
class OpenKey:
    """A key in hand."""

    signer: Any
    name: str


class KeyStore:
    """Keys under a folder (`*.p12`, trusted issuers in `roots/*.pem`), and tokens behind a library."""

    def __init__(self, folder: Path | None, library: str = "") -> None:
        self.folder = folder
        self.library = library

    def open(self, kind: str, label: str, pin: str) -> OpenKey:
        """Open a key.

        Raises:
            WrongPin: If the PIN is not the key's.
            KeyMissing: If there is no such key, or its device is away.
        """
        return self._open_token(label, pin) if kind == TOKEN else self._open_file(label, pin)

    def roots(self) -> Sequence[bytes]:
        """Return the certificates of issuers that are trusted, in PEM or DER."""
        if self.folder is None:
            return []
        return [path.read_bytes() for path in sorted((self.folder / "roots").glob("*.pem"))]

    def _open_file(self, label: str, pin: str) -> OpenKey:
        from cryptography.hazmat.primitives.serialization import pkcs12
        from pyhanko.sign.signers import SimpleSigner

        if self.folder is None or not re.fullmatch(r"[A-Za-z0-9._-]{1,80}", label):
            raise _missing(label)
        place = self.folder / f"{label}.p12"
        if not place.is_file():
            raise _missing(label)
        content = place.read_bytes()
        try:
            pkcs12.load_pkcs12(content, pin.encode())
        except ValueError as wrong:
            raise WrongPin("the PIN of the key", "another was typed") from wrong
        signer = SimpleSigner.load_pkcs12_data(content, other_certs=[], passphrase=pin.encode())
        return _opened(signer)

    def _open_token(self, label: str, pin: str) -> OpenKey:
        """Open a key on a token; `label` is that of the token and of the key, "token/key"."""
        if not self.library:
            raise _missing(label)
        try:
            import pkcs11
            from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
        except ImportError as lacking:
            raise _missing(label) from lacking
        token, _, key = label.partition("/")
        try:
            session = open_pkcs11_session(self.library, token_label=token, user_pin=pin)
            signer = PKCS11Signer(session, cert_label=key, key_label=key)
            return _opened(signer)
        except (pkcs11.exceptions.PinIncorrect, pkcs11.exceptions.PinLenRange) as wrong:
            raise WrongPin("the PIN of the token", "another was typed") from wrong
        except (pkcs11.exceptions.PKCS11Error, OSError) as away:
            raise _missing(label) from away


def _opened(signer: Any) -> OpenKey:
    name = signer.signing_cert.subject.native.get("common_name", "")
    return OpenKey(signer, str(name))


def _missing(label: str) -> KeyMissing:
    return KeyMissing("a signing key", "there is none", what=label[:80])
