"""Signatures on PDF (PAdES): put there by a key, and looked at when a signed file comes in.

A person signs first; the organisation's seal is the second signature, and brings number and date with it as
its appearance, so that nothing that was signed is touched. Works on bytes, outside any transaction.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from engine.documents.proofs import Proofs, Revoked, answered, listed, open_stamper, stamp_of
from engine.domain.texts import Text
from engine.domain.timewords import say_moment
from engine.errors import Invalid
from engine.ports import SigningKey
from engine.store.keys import KeyMissing
from engine.trust import TimeStampAway, TrustServices

PERSON_FIELD, SEAL_FIELD = "ChuKyCaNhan", "ChuKyCoQuan"
MOST_SIGNATURES = 20
LARGEST_PDF = 64 * 1024 * 1024


class SignatureRefused(Invalid):
    """A signed file is not what it must be; every reason is a sentence."""

    code = "signature_refused"
    vi = "Tệp “{name}” chưa nhận được: {why}"
    en = "The file “{name}” cannot be taken: {why_en}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureFinding:
    """One signature of a file.

    Attributes:
        signer: The name in the certificate.
        signed_at: As the signer's machine says.
        stamped_at: As an authority proves, whose stamp is good; None without one.
        stamped_by: The name of that authority.
        revocation: "good", "revoked", or "unknown" where nothing that could be asked answers for it.
        faults: Why it does not count; empty when it is good.
    """

    field: str
    signer: str
    organisation: str
    serial: str
    signed_at: datetime | None
    stamped_at: datetime | None
    stamped_by: str
    revocation: str
    faults: tuple[Text, ...]

    @property
    def is_good(self) -> bool:
        return not self.faults


def sign(
    pdf: bytes, key: SigningKey, *, reason: str, place: str, trust: TrustServices | None = None
) -> bytes:
    """Return a PDF with the signature of a person, and a place kept for the organisation's.

    Args:
        trust: Whose time the signature brings along, where one stamps it.

    Raises:
        TimeStampAway: If nobody stamps it, though somebody should.
        KeyMissing: If the device of the key went away meanwhile.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields

    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    fields.append_signature_field(writer, fields.SigFieldSpec(PERSON_FIELD))
    width, height = _page_size(writer)
    fields.append_signature_field(
        writer, fields.SigFieldSpec(SEAL_FIELD, on_page=0, box=(0, 0, width, height))
    )
    prepared = io.BytesIO()
    writer.write(prepared)
    return _sign(prepared.getvalue(), key, PERSON_FIELD, reason, place, certify=True, trust=trust)


def seal(
    pdf: bytes,
    key: SigningKey,
    *,
    overlay: bytes,
    reason: str,
    place: str,
    trust: TrustServices | None = None,
) -> bytes:
    """Return a signed PDF with the organisation's signature; `overlay` is painted over its first page.

    Raises:
        SignatureRefused: If the file has no place for it: it was signed elsewhere.
    """
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.fields import enumerate_sig_fields

    empty = {name for name, _, _ in enumerate_sig_fields(PdfFileReader(io.BytesIO(pdf)), filled_status=False)}
    if SEAL_FIELD not in empty:
        raise _refused("", Text("tệp không còn chỗ cho chữ ký cơ quan.", "it has no place for the seal."))
    with TemporaryDirectory() as folder:
        place_of_overlay = Path(folder) / "overlay.pdf"
        place_of_overlay.write_bytes(overlay)
        from pyhanko.pdf_utils.layout import AxisAlignment, SimpleBoxLayoutRule
        from pyhanko.stamp import StaticStampStyle

        exactly = SimpleBoxLayoutRule(x_align=AxisAlignment.ALIGN_MIN, y_align=AxisAlignment.ALIGN_MIN)
        style = StaticStampStyle.from_pdf_file(
            str(place_of_overlay), border_width=0, background_layout=exactly
        )
        return _sign(pdf, key, SEAL_FIELD, reason, place, style=style, trust=trust)


def look_at(
    pdf: bytes, roots: Sequence[Any], now: datetime, trust: TrustServices | None = None
) -> list[SignatureFinding]:
    """Return what each signature of a file is worth, in the order in which they were made.

    Args:
        roots: The certificates that are trusted, as `load_certificates` reads them.
        trust: Who is asked what was revoked; without it that stays unknown.
    """
    from pyhanko.pdf_utils.reader import PdfFileReader

    for talkative in ("pyhanko", "pyhanko_certvalidator"):  # each fault is told in words here
        logging.getLogger(talkative).setLevel(logging.CRITICAL)
    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=False)
        signatures = reader.embedded_signatures[:MOST_SIGNATURES]
    except Exception:  # whatever a broken file makes of the reader
        return []
    last = max((one.signed_revision for one in signatures), default=-1)
    revoked = Revoked(trust, roots)
    return [_look(one, roots, now, revoked, is_last=one.signed_revision == last) for one in signatures]


def check_signed(
    pdf: bytes, name: str, roots: Sequence[Any], now: datetime, trust: TrustServices | None = None
) -> list[SignatureFinding]:
    """Return the signatures of a file from outside, all of them good.

    Raises:
        SignatureRefused: If it has none, or one of them is not good; each fault is named.
    """
    found = look_at(pdf, roots, now, trust)
    if not found:
        raise _refused(name, Text("tệp không có chữ ký số nào đọc được.", "it has no signature to be read."))
    faults = [fault for one in found for fault in one.faults]
    if faults:
        raise _refused(name, Text(" ".join(one.vi for one in faults), " ".join(one.en for one in faults)))
    return found


def say_finding(one: SignatureFinding) -> Text:
    """Say in plain words who signed, when and by whose clock, and whether that is trusted and stands."""
    who = f"{one.signer} ({one.organisation})" if one.organisation else one.signer
    if one.stamped_at is not None:
        vi = f"ký lúc {say_moment(one.stamped_at)}, có dấu thời gian của {one.stamped_by}"
        en = f"signed at {say_moment(one.stamped_at)}, stamped by {one.stamped_by}"
    elif one.signed_at is not None:
        vi = f"ký lúc {say_moment(one.signed_at)} theo đồng hồ máy người ký, không có dấu thời gian"
        en = f"signed at {say_moment(one.signed_at)} by the signer's own clock, without a time stamp"
    else:
        vi, en = "không ghi lúc ký", "without a time"
    if one.revocation == "good":
        revoked = Text("chứng thư chưa bị thu hồi", "the certificate was not revoked")
    else:
        revoked = Text("chưa kiểm tra được việc thu hồi chứng thư", "revocation could not be checked")
    return Text(
        f"{who}: {vi}; nơi cấp chứng thư được tin cậy; {revoked.vi}.",
        f"{who}: {en}; its issuer is trusted; {revoked.en}.",
    )


def load_certificates(files: Iterable[bytes]) -> list[Any]:
    """Read certificates in PEM or DER."""
    from asn1crypto import pem
    from asn1crypto.x509 import Certificate

    found = []
    for content in files:
        if pem.detect(content):
            found += [Certificate.load(body) for _, _, body in pem.unarmor(content, multiple=True)]
        else:
            found.append(Certificate.load(content))
    return found


def _sign(
    pdf: bytes,
    key: SigningKey,
    field: str,
    reason: str,
    place: str,
    *,
    style: Any = None,
    certify: bool = False,
    trust: TrustServices | None = None,
) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.timestamps.common_utils import TimestampRequestError

    about = signers.PdfSignatureMetadata(
        field_name=field,
        subfilter=fields.SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        reason=reason,
        location=place,
        certify=certify,
        docmdp_permissions=fields.MDPPerm.FILL_FORMS,
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    stamper = open_stamper(trust) if trust is not None and trust.stamps else None
    signer = signers.PdfSigner(about, signer=key.signer, stamp_style=style, timestamper=stamper)
    try:
        return _apart(lambda: signer.sign_pdf(writer, existing_fields_only=True).getvalue())
    except TimestampRequestError as refused:
        raise TimeStampAway("a time stamp", str(refused)[:120]) from refused
    except (RuntimeError, OSError, SigningError) as lost:  # a token that was pulled out while it signed
        raise KeyMissing("a key that signs", str(lost)[:200], what=key.name) from lost


def _apart(work: Callable[[], Any]) -> Any:
    """Do it in a thread of its own: pyHanko begins an event loop, and in a thread that has one it fails."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def _look(
    signature: Any, roots: Sequence[Any], now: datetime, revoked: Revoked, *, is_last: bool
) -> SignatureFinding:
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    certificate = signature.signer_cert
    name = _subject(certificate, "common_name")
    faults: list[Text] = []
    stamped_at, stamped_by, revocation = None, "", "unknown"
    try:
        status = _validate(signature, roots, now)
        stamped_at, stamped_by = stamp_of(status)
        if stamped_at is not None:  # proves when it was signed: what ran out since does not matter
            status = _validate(signature, roots, stamped_at)
        proofs = revoked.proofs_for(certificate)
        if status.trusted and proofs.answers:
            revocation = _apart(lambda: answered(status.validation_path, proofs, roots, stamped_at or now))
        if status.trusted and proofs.lists and revocation == "unknown":
            revocation = listed(_validate(signature, roots, stamped_at or now, proofs))
    except Exception as trouble:  # a signature that cannot even be read must not break the page
        said = str(trouble)[:120]
        en = f"The signature of {name} cannot be read ({said})."
        faults.append(Text(f"Chữ ký của {name} không đọc được ({said}).", en))
    else:
        if not status.intact or not status.valid:
            faults.append(
                Text(f"Nội dung đã bị sửa sau khi {name} ký.", f"It was changed after {name} signed.")
            )
        elif revocation == "revoked":
            faults.append(Text(f"Chứng thư của {name} đã bị thu hồi.", f"{name}'s certificate was revoked."))
        elif not status.trusted:
            faults.append(_why_untrusted(certificate, name, stamped_at or now))
        covers = (SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION)
        if status.intact and (
            status.coverage not in covers[:1] if is_last else status.coverage not in covers
        ):
            faults.append(
                Text(f"Chữ ký của {name} không bao trùm cả tệp.", f"{name}'s does not cover the whole file.")
            )
        if status.intact and not status.bottom_line and status.trusted and not faults:
            faults.append(
                Text(f"Tệp có thay đổi không được phép sau khi {name} ký.", f"Changed after {name} signed.")
            )
    return SignatureFinding(
        field=signature.field_name,
        signer=name,
        organisation=_subject(certificate, "organization_name"),
        serial=f"{certificate.serial_number:x}" if certificate else "",
        signed_at=signature.self_reported_timestamp,
        stamped_at=stamped_at,
        stamped_by=stamped_by,
        revocation=revocation,
        faults=tuple(faults),
    )


def _validate(signature: Any, roots: Sequence[Any], moment: datetime, proofs: Proofs | None = None) -> Any:
    """Let pyHanko judge a signature as of a moment; with proofs, each certificate must be shown to stand."""
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    asked = {"trust_roots": list(roots), "moment": moment, "allow_fetching": False}
    stamps = ValidationContext(**asked)
    if proofs:
        asked |= {"crls": proofs.lists, "revocation_mode": "require", "retroactive_revinfo": True}
    signers = ValidationContext(**asked)
    return _apart(lambda: validate_pdf_signature(signature, signers, stamps))


def _why_untrusted(certificate: Any, name: str, now: datetime) -> Text:
    until = certificate.not_valid_after
    if now > until:
        day = say_moment(until)
        return Text(f"Chứng thư của {name} đã hết hạn lúc {day}.", f"{name}'s certificate expired at {day}.")
    if now < certificate.not_valid_before:
        return Text(f"Chứng thư của {name} chưa có hiệu lực.", f"{name}'s certificate is not valid yet.")
    return Text(
        f"Chứng thư của {name} không do nơi cấp được tin cậy cấp.",
        f"{name}'s certificate is not from an issuer that is trusted here.",
    )


def _subject(certificate: Any, part: str) -> str:
    if certificate is None:
        return "?"
    value = certificate.subject.native.get(part, "")
    return ", ".join(value) if isinstance(value, list) else str(value)


def _page_size(writer: Any) -> tuple[float, float]:
    box = writer.root["/Pages"]["/Kids"][0]["/MediaBox"]
    return float(box[2]), float(box[3])


def _refused(name: str, why: Text) -> SignatureRefused:
    return SignatureRefused("a signed file", why.en, name=name[:80], why=why.vi, why_en=why.en)
