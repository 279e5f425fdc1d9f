"""SNS as a running program meets it: the host of its region, over TLS, with certificates and confirmations.

moto delivers and signs what is published, with SHA-256. What it never sends, an invitation and a message signed with
SHA-1, is signed here as SNS does. The host's name leads here by a hosts file that only the started program sees.
"""

from __future__ import annotations

import base64
import ssl
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.stage.aws import REGION
from tests.stage.child import free_port
from tests.stage.presence import missing

HOST = f"sns.{REGION}.amazonaws.com"
TOPIC = f"arn:aws:sns:{REGION}:123456789012:alarms"
OWN = f"/SimpleNotificationService-{'0' * 31}a.pem"
HOSTS = 'mount --bind "$0" /etc/hosts || exit 77; exec "$@"'
SCOPE = f"AWS4-HMAC-SHA256 Credential=test/20261121/{REGION}/sns/aws4_request, SignedHeaders=host, Signature=0"
"""By its scope moto tells which service and region a request is for."""


def key() -> rsa.RSAPrivateKey:
    """A new private key."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate(of: rsa.RSAPrivateKey, common_name: str) -> bytes:
    """A certificate in PEM that its own key has signed, valid now, for a host of that name too."""
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)]), datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(of.public_key()).serial_number(1)
    made = made.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(common_name)]), critical=False)
    return made.sign(of, SHA256()).public_bytes(Encoding.PEM)


@dataclass(slots=True)
class Sns:
    """The host. ``asked`` are the paths that were fetched, ``tokens`` those of confirmations.

    ``wrapper`` and ``environment`` are for a program that shall meet this host under its real name.
    """

    moto: str
    wrapper: tuple[str | Path, ...]
    environment: Mapping[str, str]
    signer: rsa.RSAPrivateKey = field(default_factory=key)
    asked: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    def message(self, kind: str, text: str, *, version: str, signer: rsa.RSAPrivateKey | None = None) -> dict[str, str]:
        """A message as SNS sends it, signed with its certificate, or with another key."""
        said = {
            "Type": kind,
            "MessageId": str(uuid4()),
            "TopicArn": TOPIC,
            "Message": text,
            "Timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "SignatureVersion": version,
            "SigningCertURL": f"https://{HOST}{OWN}",
        }
        if kind == "SubscriptionConfirmation":
            said |= {"Token": uuid4().hex, "SubscribeURL": "http://169.254.169.254/latest/meta-data/"}
        names = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
        signed = "".join(f"{name}\n{said[name]}\n" for name in names if name in said).encode()
        made = (signer or self.signer).sign(signed, padding.PKCS1v15(), SHA256() if version == "2" else SHA1())
        return {**said, "Signature": base64.b64encode(made).decode()}

    def answer(self, path: str) -> tuple[int, bytes]:
        """What the host answers to a GET."""
        self.asked.append(path)
        query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        if query.get("Action") == "ConfirmSubscription" and query.get("TopicArn") == TOPIC:
            self.tokens.append(query["Token"])
            return 200, b"<ConfirmSubscriptionResponse/>"
        if path == OWN:
            return 200, certificate(self.signer, "sns.amazonaws.com")
        request = urllib.request.Request(f"{self.moto}{path}", headers={"Authorization": SCOPE})
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as refused:
            return refused.code, b""


@contextmanager
def sns(directory: Path, moto: str) -> Iterator[Sns]:
    """Run the host before the moto at this URL. Skips where it cannot be: it needs port 443 and a file of its own."""
    own = key()
    address = str(IPv4Address("127.80.0.0") + free_port())  # one's own, for there is but one port 443 on each
    chain, private, hosts = (directory / name for name in ("sns.pem", "sns.key", "hosts"))
    chain.write_bytes(certificate(own, HOST))
    private.write_bytes(own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    hosts.write_text(f"127.0.0.1 localhost\n{address} {HOST}\n", encoding="utf-8")
    wrapper: tuple[str | Path, ...] = ("unshare", "--mount", "--map-root-user", "sh", "-c", HOSTS, hosts)
    possible = subprocess.run([*wrapper, "true"], capture_output=True, check=False, timeout=20)
    if possible.returncode:
        missing(f"no name can be led elsewhere here: {possible.stderr.decode().strip()}")
    host = Sns(moto, wrapper, {"SSL_CERT_FILE": str(chain)})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = host.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: what was asked is kept."""

    try:
        server = ThreadingHTTPServer((address, 443), Handler)
    except PermissionError as error:
        missing(f"port 443 is not ours: {error}")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, private)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
