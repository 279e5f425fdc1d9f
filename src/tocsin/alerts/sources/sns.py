"""Amazon SNS: which messages may be trusted, and what has to be looked at before anything is fetched (F58).

Source: "Verifying the signatures of Amazon SNS messages" in Amazon's developer guide. A message names the address of
the certificate that it is signed with, so the address is the attack: it must be that of SNS itself, in the region of
a topic that the team has listed. The address by which a subscription is confirmed is never taken from the message.
Whether the signature is right is the notary's question (`adapters/sns.py`).
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

import msgspec

from tocsin.alerts.authenticate import ARN
from tocsin.alerts.cleaning import Notes, moment
from tocsin.alerts.payload import utf8
from tocsin.errors import BadPayload

OLDEST = timedelta(minutes=65)
"""SNS retries for an hour; what is older is somebody's recording."""
AHEAD = timedelta(minutes=5)
NOTIFICATION, CONFIRMATION, UNSUBSCRIBED = "Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"
_SIGNED = {
    NOTIFICATION: ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    CONFIRMATION: ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    UNSUBSCRIBED: ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
_TOKEN = re.compile(r"[A-Za-z0-9._-]{1,1024}")


class _Sent(msgspec.Struct, rename="pascal"):
    type: str
    message_id: str
    topic_arn: str
    message: str
    timestamp: str
    signature_version: str
    signature: str
    signing_cert_url: str = msgspec.field(name="SigningCertURL")
    subject: str | None = None
    token: str = ""
    subscribe_url: str = msgspec.field(default="", name="SubscribeURL")


@dataclass(frozen=True, slots=True)
class SnsMessage:
    """A message as it came. ``signed`` are the bytes that its signature must be over."""

    type: str
    id: str
    topic: str
    text: str
    subject: str
    token: str
    timestamp: str
    version: str
    signature: bytes
    certificate: str
    signed: bytes

    @property
    def region(self) -> str:
        """The region of its topic, empty when it is the name of no topic."""
        found = ARN.fullmatch(self.topic)
        return found[2] if found else ""

    @property
    def host(self) -> str:
        """The one host that speaks for the topic's region."""
        return f"sns.{self.region}.amazonaws.com{'.cn' if self.topic.startswith('arn:aws-cn:') else ''}"

    @property
    def confirm_url(self) -> str:
        """The address that confirms the subscription, made of the topic and the token alone."""
        query = urlencode({"Action": "ConfirmSubscription", "TopicArn": self.topic, "Token": self.token})
        return f"https://{self.host}/?{query}"


_DECODER = msgspec.json.Decoder(_Sent)


def read_message(body: bytes) -> SnsMessage:
    """The message of a body; BadPayload when it is none (raw delivery is not signed, and refused so)."""
    try:
        utf8(body)
        sent = _DECODER.decode(body)
        signature = base64.b64decode(sent.signature, validate=True)
    except (msgspec.MsgspecError, RecursionError, binascii.Error, ValueError) as error:
        raise BadPayload("the body is no message of SNS; switch raw message delivery off") from error
    if sent.type not in _SIGNED:
        raise BadPayload(f"{sent.type[:40]!r} is no type of message of SNS")
    values = {
        "Message": sent.message,
        "MessageId": sent.message_id,
        "Subject": sent.subject,
        "SubscribeURL": sent.subscribe_url,
        "Timestamp": sent.timestamp,
        "Token": sent.token,
        "TopicArn": sent.topic_arn,
        "Type": sent.type,
    }
    lines = [f"{name}\n{values[name]}\n" for name in _SIGNED[sent.type] if values[name] is not None]
    return SnsMessage(
        type=sent.type,
        id=sent.message_id,
        topic=sent.topic_arn,
        text=sent.message,
        subject=sent.subject or "",
        token=sent.token,
        timestamp=sent.timestamp,
        version=sent.signature_version,
        signature=signature,
        certificate=sent.signing_cert_url,
        signed="".join(lines).encode(errors="replace"),
    )


def why_doubtful(message: SnsMessage, topics: tuple[str, ...], sha256_only: bool, now: datetime) -> str:
    """Why a message is refused before its certificate is fetched; empty when it may be."""
    if message.topic not in topics or not message.region:
        return f"the topic {message.topic[:120]!r} is not among the topics of this integration"
    if message.version not in (("2",) if sha256_only else ("1", "2")):
        return f"the signature version {message.version[:20]!r} is not accepted"
    name = r"/SimpleNotificationService-[0-9a-f]{32}\.pem"
    if not re.fullmatch(f"https://{re.escape(message.host)}{name}", message.certificate):
        return "the certificate's address is not that of SNS in the topic's region"
    if message.type == CONFIRMATION and not _TOKEN.fullmatch(message.token):
        return "the token of the confirmation is none"
    at = moment(message.timestamp, Notes(), "Timestamp")
    if at is None or at.tzinfo is None or not now - OLDEST <= at <= now + AHEAD:
        return "the message is older than 65 minutes, or from the future"
    return ""
