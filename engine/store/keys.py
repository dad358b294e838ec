"""Signing keys: PKCS#12 files for the demonstration and small offices, PKCS#11 tokens for the rest.

A key is opened with its PIN for one act and forgotten; neither PIN nor key is ever written down by us.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from engine.errors import NotFound, Refused

SOFT, TOKEN = "soft", "pkcs11"
PATIENCE = 30  # seconds that an act waits for a token that another one holds
_in_use: defaultdict[str, Lock] = defaultdict(Lock)


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


class KeyBusy(Refused):
    """A token signs for one act at a time, and another one has it."""

    code = "signing_key_busy"
    vi = "Thiết bị ký đang được dùng cho việc khác. Hãy thử lại sau ít phút; chưa có gì được ký."
    en = "The signing device is at work for somebody else. Try again in a few minutes; nothing was signed."


@dataclass(frozen=True, slots=True)
class OpenKey:
    """A key in hand; whoever opened it closes it."""

    signer: Any
    name: str
    end: Callable[[], object] = lambda: None

    def close(self) -> None:
        """Forget the PIN; a token lets the next one sign."""
        self.end()


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
        """Open a key on a token; `label` is that of the token and of the key, "token/key".

        Who is logged in is the library's state, the same for all threads of a process: so a token is held by
        one act at a time, else the second would sign with whatever PIN.
        """
        if not self.library:
            raise _missing(label)
        try:
            import pkcs11
            from pyhanko.config.pkcs11 import TokenCriteria
            from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
        except ImportError as lacking:
            raise _missing(label) from lacking
        token, _, key = label.partition("/")
        in_use = _in_use[token]
        if not in_use.acquire(timeout=PATIENCE):
            raise KeyBusy("the token to be free", "another act has it")
        try:
            session = open_pkcs11_session(self.library, token_criteria=TokenCriteria(token), user_pin=pin)
        except (pkcs11.exceptions.PinIncorrect, pkcs11.exceptions.PinLenRange) as wrong:
            in_use.release()
            raise WrongPin("the PIN of the token", "another was typed") from wrong
        except (pkcs11.exceptions.PKCS11Error, OSError, RuntimeError) as away:
            in_use.release()
            raise _missing(label) from away

        def end() -> None:
            with suppress(pkcs11.exceptions.PKCS11Error):  # a token that was pulled out is closed
                session.close()
            in_use.release()

        try:
            return _opened(PKCS11Signer(session, cert_label=key, key_label=key), end)
        except (pkcs11.exceptions.PKCS11Error, OSError) as away:
            end()
            raise _missing(label) from away


def _opened(signer: Any, end: Callable[[], object] = lambda: None) -> OpenKey:
    name = signer.signing_cert.subject.native.get("common_name", "")
    return OpenKey(signer, str(name), end)


def _missing(label: str) -> KeyMissing:
    return KeyMissing("a signing key", "there is none", what=label[:80])
