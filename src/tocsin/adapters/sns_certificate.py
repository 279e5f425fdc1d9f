"""Whether a certificate is one of SNS, and whether a message is signed with its key."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tocsin.alerts.sources.sns import SnsMessage

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

SKEW = timedelta(minutes=5)


def certificate_of(pem: bytes) -> Certificate | None:
    """The certificate that a text in PEM holds; None when it holds none."""
    from cryptography import x509  # it takes long to load, and only SNS needs it

    try:
        return x509.load_pem_x509_certificate(pem)
    except ValueError:
        return None


def why_not_signed(message: SnsMessage, certificate: Certificate, now: datetime) -> str:
    """Why a message is not signed by SNS with this certificate; empty when it is."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.hashes import SHA1, SHA256
    from cryptography.x509.oid import NameOID

    names = [str(one.value) for one in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if names != ["sns.amazonaws.com"] and names != [message.host]:
        return "the certificate is not one of SNS"
    if not certificate.not_valid_before_utc - SKEW <= now <= certificate.not_valid_after_utc:
        return "the certificate is not valid now"
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        return "the certificate has no RSA key"
    algorithm = SHA256() if message.version == "2" else SHA1()  # noqa: S303 -- version 1 is SHA-1; it can be refused
    try:
        key.verify(message.signature, message.signed, padding.PKCS1v15(), algorithm)
    except InvalidSignature:
        return "the signature is wrong"
    return ""
