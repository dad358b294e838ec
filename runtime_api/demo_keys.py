"""Keys of the demonstration: an issuer and one key for each signatory and office, made at the first start.

They prove nothing and protect nothing; all of them open with one PIN that everybody knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import NameOID
from sqlalchemy import select

from engine.domain.access import SYSTEM
from engine.runtime import Engine
from engine.store.document_rows import SigningKeyRow
from engine.store.rows import AssignmentRow, PositionRow, UnitRow, UserRow

PIN = "135790"
FROM, UNTIL = datetime(2025, 1, 1, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC)
ISSUER = "CA thử nghiệm Một Cửa"


def make_keys(folder: Path, people: Iterable[tuple[str, str, str]]) -> None:
    """Make a key for each (label, name, organisation) that has none yet; the issuer too."""
    (folder / "roots").mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    issuer, issuer_key = _issuer(folder)
    for label, name, organisation in people:
        place = folder / f"{re.sub(r'[^A-Za-z0-9._-]', '_', label)}.p12"
        if not place.exists():
            place.write_bytes(_signed(label, name, organisation, issuer, issuer_key))


def give_keys(engine: Engine, folder: Path) -> None:
    """Give every signatory and every office that has a clerk a key, where they have none yet."""
    with engine.unit(SYSTEM) as unit:
        has = set(unit.session.scalars(select(SigningKeyRow.label)))
        chairs = unit.session.execute(
            select(PositionRow.roles, UserRow, UnitRow)
            .join(AssignmentRow, AssignmentRow.position_id == PositionRow.id)
            .join(UserRow, UserRow.id == AssignmentRow.user_id)
            .join(UnitRow, UnitRow.id == PositionRow.unit_id)
        ).all()
        wanted: dict[str, tuple[str, str, int | None, int | None]] = {}
        for roles, person, office in chairs:
            if "SIGNATORY" in roles:
                wanted[person.login] = (person.full_name, office.name_vi, person.id, None)
            if "CLERK" in roles:
                wanted[f"unit-{office.code}"] = (office.name_vi, office.name_vi, None, office.id)
        make_keys(folder, [(label, name, office) for label, (name, office, _, _) in wanted.items()])
        for label, (_, _, user_id, unit_id) in wanted.items():
            if label not in has:
                unit.session.add(
                    SigningKeyRow(
                        user_id=user_id, unit_id=unit_id, kind="soft", label=label, added_at=unit.now
                    )
                )


def make_certificate(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    is_issuer: bool = False,
    first: datetime = FROM,
    last: datetime = UNTIL,
) -> x509.Certificate:
    """Return a certificate for signing documents, or for issuing others."""
    usage = x509.KeyUsage(
        digital_signature=not is_issuer,
        content_commitment=not is_issuer,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_issuer,
        crl_sign=is_issuer,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(first)
        .not_valid_after(last)
        .add_extension(x509.BasicConstraints(ca=is_issuer, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(issuer_key, hashes.SHA256())
    )


def subject_of(name: str, organisation: str = "") -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "VN")]
    if organisation:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]))
    parts.append(x509.NameAttribute(NameOID.COMMON_NAME, name[:64]))
    return x509.Name(parts)


def _issuer(folder: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    place, secret = folder / "roots" / "demo.pem", folder / "issuer.key"
    if place.exists() and secret.exists():
        key = load_pem_private_key(secret.read_bytes(), None)
        return x509.load_pem_x509_certificate(place.read_bytes()), key  # type: ignore[return-value]
    made = ec.generate_private_key(ec.SECP256R1())
    subject = subject_of(ISSUER)
    certificate = make_certificate(subject, made, subject, made, is_issuer=True)
    secret.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    secret.chmod(0o600)
    place.write_bytes(certificate.public_bytes(Encoding.PEM))
    return certificate, made


def _signed(
    label: str, name: str, organisation: str, issuer: x509.Certificate, key: ec.EllipticCurvePrivateKey
) -> bytes:
    own = ec.generate_private_key(ec.SECP256R1())
    certificate = make_certificate(subject_of(name, organisation), own, issuer.subject, key)
    return pkcs12.serialize_key_and_certificates(
        label.encode(), own, certificate, [issuer], BestAvailableEncryption(PIN.encode())
    )
