"""Proofs of time and of revocation, as pyHanko wants them: stamps asked for, lists and answers read.

A certificate counts as not revoked only if a list or an answer of its own issuer says so, in force on that
day; anything else leaves it unknown. Works on bytes, outside any transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.trust import TimeStampAway, TrustServices


@dataclass(frozen=True, slots=True)
class Proofs:
    """Lists (CRL) and answers (OCSP) for the certificate of one signature."""

    lists: tuple[Any, ...]
    answers: tuple[Any, ...]

    def __bool__(self) -> bool:
        return bool(self.lists or self.answers)


class Revoked:
    """What was revoked, asked once for all signatures of a file."""

    def __init__(self, trust: TrustServices | None, roots: Sequence[Any]) -> None:
        self._trust, self._roots = trust, roots
        self._lists: list[Any] | None = None

    def proofs_for(self, certificate: Any) -> Proofs:
        if self._trust is None or certificate is None:
            return Proofs((), ())
        if self._lists is None:
            self._lists = [one for one in map(_read_list, self._trust.lists()) if one is not None]
        issued = any(one.issuer.hashable == certificate.issuer.hashable for one in self._lists)
        return Proofs(tuple(self._lists) if issued else (), self._answers(certificate))

    def _answers(self, certificate: Any) -> tuple[Any, ...]:
        """Ask about one certificate, if its issuer is one that is trusted here."""
        from asn1crypto.ocsp import OCSPResponse
        from pyhanko_certvalidator.authority import CertTrustAnchor
        from pyhanko_certvalidator.fetchers.common_utils import format_ocsp_request

        assert self._trust is not None
        named = certificate.issuer.hashable
        issuer = next((one for one in self._roots if one.subject.hashable == named), None)
        if issuer is None or not self._trust.answers:
            return ()
        query = format_ocsp_request(
            certificate, CertTrustAnchor(issuer).authority, certid_hash_algo="sha1", request_nonces=False
        )
        answer = self._trust.ask(query.dump())
        try:
            read = OCSPResponse.load(answer)
            return (read,) if answer and read["response_status"].native == "successful" else ()
        except ValueError:
            return ()


def open_stamper(trust: TrustServices) -> Any:
    """Return what asks the authority of this installation for stamps."""
    from asn1crypto.tsp import TimeStampResp
    from pyhanko.sign.timestamps import TimeStamper

    class Stamper(TimeStamper):
        async def async_request_tsa_response(self, req: Any) -> Any:
            answer = trust.stamp(req.dump())  # this thread does nothing else meanwhile
            try:
                read = TimeStampResp.load(answer)
                read.native  # noqa: B018 - reads all of it, which is lazy otherwise
            except (ValueError, TypeError) as wrong:
                raise TimeStampAway("a time stamp", "an answer that is none") from wrong
            return read

    return Stamper()


def stamp_of(status: Any) -> tuple[datetime | None, str]:
    """Return the time that a good stamp proves, and whose stamp it is."""
    stamp = status.timestamp_validity
    if stamp is None or not (stamp.intact and stamp.valid and stamp.trusted):
        return None, ""
    name = stamp.signing_cert.subject.native.get("common_name", "?")
    return stamp.timestamp, ", ".join(name) if isinstance(name, list) else str(name)


def answered(path: Any, proofs: Proofs, roots: Sequence[Any], moment: datetime) -> str:
    """Return what a server said of the last certificate of a path: "good", "revoked", else "unknown"."""
    import asyncio

    from pyhanko_certvalidator import ValidationContext
    from pyhanko_certvalidator.errors import OCSPNoMatchesError, OCSPValidationError, RevokedError
    from pyhanko_certvalidator.revinfo.validate_ocsp import verify_ocsp_response

    context = ValidationContext(
        trust_roots=list(roots), moment=moment, ocsps=proofs.answers, retroactive_revinfo=True
    )
    try:
        asyncio.run(verify_ocsp_response(path.last, path, context))
    except RevokedError:
        return "revoked"
    except (OCSPNoMatchesError, OCSPValidationError):
        return "unknown"
    return "good"


def listed(strict: Any) -> str:
    """Return what lists say: "revoked", "good" if there is one for every certificate, else "unknown"."""
    if strict.revoked:
        return "revoked"
    return "good" if strict.trusted else "unknown"


def _read_list(content: bytes) -> Any:
    """Read a list in PEM or DER; None if it is none."""
    from asn1crypto import pem
    from asn1crypto.crl import CertificateList

    try:
        if pem.detect(content):
            _, _, content = pem.unarmor(content)
        read = CertificateList.load(content)
        read.issuer.hashable  # noqa: B018 - fails here if it is something else
        return read
    except (ValueError, TypeError):
        return None
