"""A time stamping authority, a list of revoked certificates and an OCSP server on loopback."""

from __future__ import annotations

from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.sign.timestamps import DummyTimeStamper

from engine.trust import TrustServices
from runtime_api.demo_keys import FROM, UNTIL, subject_of

AUTHORITY = "Cơ quan cấp dấu thời gian thử"


class FakeTrust:
    """Use as a context manager.

    Attributes:
        now: The time that it stamps, and the day of its lists.
        revoked: Serial number → when the certificate was revoked.
        answer: Sent instead of everything, if set: what a server in trouble says.
        status: With which HTTP status it answers.
    """

    def __init__(self, folder: Path, now: datetime) -> None:
        self.now, self.revoked, self.answer, self.status = now, {}, b"", 200
        self.asked: list[str] = []
        self._issuer = x509.load_pem_x509_certificate((folder / "roots" / "demo.pem").read_bytes())
        self._key = load_pem_private_key((folder / "issuer.key").read_bytes(), None)
        own = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._stamp_key = asn1_keys.PrivateKeyInfo.load(
            own.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        )
        self._stamp_certificate = asn1_x509.Certificate.load(self._authority(own).public_bytes(Encoding.DER))
        owner = self

        class Line(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._say(b"")

            def do_POST(self) -> None:
                self._say(self.rfile.read(int(self.headers["Content-Length"])))

            def _say(self, body: bytes) -> None:
                owner.asked.append(self.path)
                said = owner.answer or owner.say(self.path, body)
                self.send_response(owner.status)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Line)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> FakeTrust:
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def services(self, *names: str) -> TrustServices:
        """Return services with these addresses: "tsa", "crl", "ocsp"."""
        at = {name: f"{self.address}/{name}" for name in names}
        lists = (at["crl"],) if "crl" in at else ()
        return TrustServices(at.get("tsa", ""), lists, at.get("ocsp", ""))

    def say(self, path: str, body: bytes) -> bytes:
        return {"/tsa": self._stamp, "/crl": self._list, "/ocsp": self._answer}[path](body)

    def _stamp(self, body: bytes) -> bytes:
        stamper = DummyTimeStamper(self._stamp_certificate, self._stamp_key, fixed_dt=self.now)
        return stamper.request_tsa_response(tsp.TimeStampReq.load(body)).dump()

    def _list(self, _: bytes) -> bytes:
        made = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._issuer.subject)
            .last_update(self.now - timedelta(days=1))
            .next_update(self.now + timedelta(days=7))
        )
        for serial, at in self.revoked.items():
            one = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at)
            made = made.add_revoked_certificate(one.build())
        return made.sign(self._key, hashes.SHA256()).public_bytes(Encoding.DER)

    def _answer(self, body: bytes) -> bytes:
        asked = ocsp.load_der_ocsp_request(body)
        at = self.revoked.get(asked.serial_number)
        made = ocsp.OCSPResponseBuilder().add_response_by_hash(
            issuer_name_hash=asked.issuer_name_hash,
            issuer_key_hash=asked.issuer_key_hash,
            serial_number=asked.serial_number,
            algorithm=asked.hash_algorithm,
            cert_status=ocsp.OCSPCertStatus.REVOKED if at else ocsp.OCSPCertStatus.GOOD,
            this_update=self.now - timedelta(hours=1),
            next_update=self.now + timedelta(days=1),
            revocation_time=at,
            revocation_reason=None,
        )
        by = made.responder_id(ocsp.OCSPResponderEncoding.HASH, self._issuer)
        return by.sign(self._key, hashes.SHA256()).public_bytes(Encoding.DER)

    def _authority(self, key: rsa.RSAPrivateKey) -> x509.Certificate:
        usage = x509.KeyUsage(
            digital_signature=True, content_commitment=True, key_encipherment=False,
            data_encipherment=False, key_agreement=False, key_cert_sign=False, crl_sign=False,
            encipher_only=False, decipher_only=False,
        )  # fmt: skip
        stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        return (
            x509.CertificateBuilder()
            .subject_name(subject_of(AUTHORITY))
            .issuer_name(self._issuer.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(FROM)
            .not_valid_after(UNTIL)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(stamping, critical=True)
            .sign(self._key, hashes.SHA256())
        )
