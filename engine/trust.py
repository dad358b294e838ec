"""What signatures rest on outside: an authority that stamps the time, lists of revoked certificates.

Asked only where an address is configured, over http(s), outside any transaction; without one nothing leaves
this machine. What cannot be had breaks no page: a list that does not come leaves the question open.
"""

from __future__ import annotations

import logging
from time import monotonic
from urllib.error import URLError
from urllib.request import Request, urlopen

from engine.errors import Refused
from engine.settings import Settings

PATIENCE = 10.0  # seconds for one answer
LARGEST_STAMP = 256 * 1024
LARGEST_LIST = 32 * 1024 * 1024
FRESH = 15 * 60  # seconds for which a list is not asked for again

log = logging.getLogger("motcua.trust")


class TimeStampAway(Refused):
    """The authority does not answer, or refuses; a decision without its time is not made."""

    code = "time_stamp_away"
    vi = "Máy chủ dấu thời gian không cấp được dấu ({found}). Văn bản này chưa được ký; hãy thử lại."
    en = "The time stamping authority gives no stamp ({found}). This paper was not signed; try again."


class TrustServices:
    """The addresses of one installation.

    Args:
        tsa: Of a time stamping authority (RFC 3161); empty for none.
        crls: Of lists of revoked certificates (RFC 5280).
        ocsp: Of a server that says whether a certificate was revoked (RFC 6960); empty for none.
    """

    def __init__(
        self, tsa: str = "", crls: tuple[str, ...] = (), ocsp: str = "", patience: float = PATIENCE
    ) -> None:
        self._tsa, self._crls, self._ocsp, self._patience = tsa, crls, ocsp, patience
        self._kept: dict[str, tuple[float, bytes]] = {}

    @property
    def stamps(self) -> bool:
        return bool(self._tsa)

    @property
    def answers(self) -> bool:
        """Whether single certificates can be asked about."""
        return bool(self._ocsp)

    def stamp(self, query: bytes) -> bytes:
        """Return the answer to a TimeStampReq.

        Raises:
            TimeStampAway: If there is none.
        """
        try:
            return _fetch(self._tsa, self._patience, LARGEST_STAMP, query, "application/timestamp-query")
        except (OSError, ValueError) as error:
            raise TimeStampAway("a time stamp", str(error)[:120] or type(error).__name__) from error

    def lists(self) -> list[bytes]:
        """Return the lists that can be had now; one that was read a while ago is not asked for again."""
        found = []
        for address in self._crls:
            read_at, content = self._kept.get(address, (0.0, b""))
            if not content or monotonic() - read_at > FRESH:
                try:
                    content = _fetch(address, self._patience, LARGEST_LIST)
                except (OSError, ValueError) as error:
                    log.warning("no list of revoked certificates from %s: %s", address, error)
                    content = b""
                self._kept[address] = (monotonic(), content)
            if content:
                found.append(content)
        return found

    def ask(self, query: bytes) -> bytes:
        """Return the answer to an OCSPRequest, empty where there is none."""
        try:
            return _fetch(self._ocsp, self._patience, LARGEST_STAMP, query, "application/ocsp-request")
        except (OSError, ValueError) as error:
            log.warning("no answer about a certificate from %s: %s", self._ocsp, error)
            return b""


def open_trust(settings: Settings) -> TrustServices | None:
    """Return the services that the settings name; None where they name none."""
    if not (settings.tsa or settings.crls or settings.ocsp):
        return None
    return TrustServices(settings.tsa, settings.crls, settings.ocsp)


def _fetch(address: str, patience: float, most: int, body: bytes | None = None, kind: str = "") -> bytes:
    """Return what an address answers.

    Raises:
        OSError, ValueError: If it does not, or with too much.
    """
    if not address.startswith(("http://", "https://")):
        raise ValueError("an address of http or https")
    asked = Request(address, data=body, headers={"Content-Type": kind} if kind else {})
    try:
        with urlopen(asked, timeout=patience) as answer:
            content = answer.read(most + 1)
    except URLError as error:
        raise OSError(str(error.reason)) from error
    if len(content) > most:
        raise ValueError(f"more than {most} bytes")
    return content
