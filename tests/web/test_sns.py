"""Messages of SNS at the door: signed by SNS, of a listed topic, with a certificate from nowhere else (F58)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.web.knocking import NOW, Answered, Knocker
from tocsin.adapters.egress.exchange import Exchange, Response, Unsent
from tocsin.adapters.notary import SnsNotary
from tocsin.alerts.authenticate import AuthKind, IntegrationAuth
from tocsin.alerts.sources.cloudwatch import read_cloudwatch
from tocsin.app.team import Integration

KEY = "key-of-aws-0123456789abcdef"
PATH = f"/in/{KEY}/cloudwatch"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"
CERTIFICATE = f"https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-{'0' * 31}a.pem"
PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ALARM = {
    "AlarmName": "till-5xx",
    "AlarmArn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:till-5xx",
    "NewStateValue": "ALARM",
    "NewStateReason": "Threshold crossed: 3 datapoints were greater than 5.",
    "StateChangeTime": "2026-11-21T02:58:00.000+0000",
    "Region": "EU (Ireland)",
    "OKActions": [],
    "Trigger": {"MetricName": "5xx", "Namespace": "Shop", "Dimensions": [{"name": "Till", "value": "1"}]},
}


def pem(
    common_name: str = "sns.amazonaws.com",
    since: datetime = NOW - timedelta(days=1),
    until: datetime = NOW + timedelta(days=9),
) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(PRIVATE.public_key())
    made = made.serial_number(1).not_valid_before(since).not_valid_after(until)
    return made.sign(PRIVATE, SHA256()).public_bytes(Encoding.PEM)


@dataclass
class Outside:
    """Everything that is fetched, and what comes back."""

    answer: Callable[[str], Exchange] = lambda _url: Response(200, {}, pem())
    asked: list[str] = field(default_factory=list)

    def get(self, url: str) -> Exchange:
        self.asked.append(url)
        return self.answer(url)


def message(kind: str = "Notification", *, version: str = "2", **changes: Any) -> dict[str, Any]:
    """A message as SNS sends it, rightly signed over what it says."""
    said: dict[str, Any] = {
        "Type": kind,
        "MessageId": "1c0de1f2-0000-5000-8000-000000000001",
        "TopicArn": TOPIC,
        "Message": json.dumps(ALARM),
        "Timestamp": "2026-11-21T02:59:00.000Z",
        "SignatureVersion": version,
        "SigningCertURL": CERTIFICATE,
    }
    if kind != "Notification":
        said |= {"Token": "a" * 64, "SubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription"}
    said |= changes
    names = sorted({"Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"})
    signed = "".join(f"{name}\n{said[name]}\n" for name in names if name in said).encode()
    made = PRIVATE.sign(signed, padding.PKCS1v15(), SHA256() if version == "2" else SHA1())
    return {**said, "Signature": base64.b64encode(made).decode()}


@dataclass
class Door:
    """A door with one integration for SNS."""

    knocker: Knocker
    outside: Outside
    only_v2: bool = False
    topic: str = TOPIC

    def __post_init__(self) -> None:
        auth = IntegrationAuth(AuthKind.SNS, (KEY,), topics=(self.topic,), sha256_only=self.only_v2)
        aws = Integration("aws", "cloudwatch", "shop", KEY, auth)
        self.knocker.team = replace(self.knocker.team, integrations={"aws": aws})
        self.knocker.front.door.senders.notary = SnsNotary(self.outside.get)

    def knock(self, said: dict[str, Any] | bytes, path: str = PATH) -> Answered:
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        return self.knocker.knock(path, body, [("content-type", "text/plain; charset=UTF-8")])


@pytest.fixture
def door(tmp_path: Path) -> Door:
    """A door, and nothing outside but the certificate."""
    return Door(Knocker(tmp_path), Outside())


@pytest.mark.parametrize("version", ["1", "2"])
def test_what_sns_has_signed_is_stored(door: Door, version: str) -> None:
    """Both signature versions are checked with the certificate, which is fetched once for many messages."""
    assert door.knock(message(version=version)).status == 202
    assert door.knock(message(version=version, MessageId="another", Subject="ALARM: till")).status == 202
    assert door.outside.asked == [CERTIFICATE]
    first, second = door.knocker.shelf.kept
    assert (first.key, second.key) == ("id:1c0de1f2-0000-5000-8000-000000000001", "id:another")


def test_the_older_signature_can_be_refused(tmp_path: Path) -> None:
    """A team may ask for SHA-256; then a message with SHA-1 is refused before anything is fetched."""
    door = Door(Knocker(tmp_path), Outside(), only_v2=True)
    assert door.knock(message(version="1")).status == 401
    assert door.outside.asked == []
    assert door.knock(message(version="2")).status == 202


ATTACKS = {
    "a bucket that is called sns": {"SigningCertURL": CERTIFICATE.replace("sns.eu-west-1", "sns.s3-eu-west-1")},
    "a user before the host": {
        "SigningCertURL": CERTIFICATE.replace("https://", "https://sns.amazonaws.com@evil.example/")
    },
    "a host behind ours": {"SigningCertURL": CERTIFICATE.replace(".com/", ".com.evil.example/")},
    "another region": {"SigningCertURL": CERTIFICATE.replace("eu-west-1", "us-east-1")},
    "plain http": {"SigningCertURL": CERTIFICATE.replace("https", "http")},
    "a port": {"SigningCertURL": CERTIFICATE.replace(".com/", ".com:8443/")},
    "a query": {"SigningCertURL": f"{CERTIFICATE}?x=1"},
    "a fragment and a line": {"SigningCertURL": f"{CERTIFICATE}\n"},
    "another path": {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com/../evil.pem"},
    "china for a topic of elsewhere": {"SigningCertURL": CERTIFICATE.replace(".com/", ".com.cn/")},
    "an unknown topic": {"TopicArn": TOPIC + "2"},
    "a topic of another account": {"TopicArn": TOPIC.replace("123456789012", "999999999999")},
    "an old message": {"Timestamp": "2026-11-21T01:54:00.000Z"},
    "a message of the future": {"Timestamp": "2026-11-21T03:06:00.000Z"},
    "no time": {"Timestamp": "soon"},
    "another signature version": {"SignatureVersion": "3"},
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_fetches_nothing_and_is_401(door: Door, attack: str) -> None:
    """F58: whatever a message names, nothing is asked of anybody but SNS in the region of a listed topic."""
    for kind in ("Notification", "SubscriptionConfirmation"):
        assert door.knock({**message(kind, **ATTACKS[attack]), **ATTACKS[attack]}).status == 401
    assert door.outside.asked == []
    assert not door.knocker.shelf.kept


def test_a_subscription_is_confirmed_at_sns_whatever_the_message_says(door: Door) -> None:
    """F58: the address of the confirmation is made from the topic and the token; SubscribeURL is never asked."""
    invited = message("SubscriptionConfirmation", SubscribeURL="http://169.254.169.254/latest/meta-data/")
    assert door.knock(invited).status == 202
    confirm = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn="
    assert door.outside.asked == [CERTIFICATE, f"{confirm}{TOPIC.replace(':', '%3A')}&Token={'a' * 64}"]
    assert door.knock({**invited, "Token": "a" * 64 + "&Action=Publish"}).status == 401
    assert len(door.outside.asked) == 2


def test_a_confirmation_that_fails_is_asked_for_again(door: Door) -> None:
    """SNS repeats what is answered 503, so a network that was down for a moment costs no subscription."""
    door.outside.answer = lambda url: Response(200, {}, pem()) if url == CERTIFICATE else Unsent("no route")
    assert door.knock(message("SubscriptionConfirmation")).status == 503
    door.outside.answer = lambda _url: Response(200, {}, pem())
    assert door.knock(message("SubscriptionConfirmation")).status == 202


@pytest.mark.parametrize(
    "answer",
    [Unsent("no route"), Response(302, {"location": "http://169.254.169.254/"}), Response(200, {}, b"<html>")],
)
def test_a_certificate_that_cannot_be_had_means_later_and_is_not_asked_for_at_once_again(
    door: Door, answer: Exchange
) -> None:
    """F58: a redirect is not followed; the sender is told 503, and for a minute nobody is asked again."""
    door.outside.answer = lambda _url: answer
    assert [door.knock(message()).status for _ in range(3)] == [503, 503, 503]
    assert door.outside.asked == [CERTIFICATE]
    door.outside.answer = lambda _url: Response(200, {}, pem())
    door.knocker.clock.move_to(NOW + timedelta(minutes=1))
    assert door.knock(message()).status == 202


@pytest.mark.parametrize(
    "wrong",
    [pem("sns.evil.example"), pem(until=NOW - timedelta(hours=1)), pem(since=NOW + timedelta(hours=1))],
    ids=["not of SNS", "over", "not yet"],
)
def test_a_certificate_that_is_not_one_of_sns_signs_nothing(door: Door, wrong: bytes) -> None:
    """The certificate must be issued to SNS and be valid at this moment."""
    door.outside.answer = lambda _url: Response(200, {}, wrong)
    assert door.knock(message()).status == 401


def test_a_changed_or_unsigned_message_is_401(door: Door) -> None:
    """F56: one letter of the text, the signature cut, in another alphabet, missing; raw delivery, and no JSON."""
    good = message()
    spoilt: list[Any] = [{**good, "Message": good["Message"] + " "}, {**good, "Subject": "added"}]
    spoilt += [{**good, "Signature": one} for one in ("", good["Signature"][:-8], "ünïcode", good["Signature"].lower())]
    spoilt += [{name: value for name, value in good.items() if name != "Signature"}, ALARM]
    for said in spoilt:
        assert door.knock(said).status == 401, said
    refusals = door.knocker.front.door.refusals
    assert "switch raw message delivery off" in refusals.last("aws").what  # type: ignore[union-attr]
    assert door.knock(b"\xff\xfe").status == 401
    assert door.knock(good, path="/in/another-key-0123456789abcdef/cloudwatch").status == 401


# --- what is in a message -------------------------------------------------------------------------------------


def read(said: Any, **more: Any) -> Any:
    text = said if isinstance(said, str) else json.dumps(said)
    return read_cloudwatch(json.dumps(message(Message=text, **more)).encode(), NOW)


def test_an_alarm_fires_and_ends_under_its_arn() -> None:
    """ALARM and missing data fire, OK ends; an alarm without an OK action is warned about."""
    heard = read(ALARM)
    (alert,) = heard.alerts
    assert (alert.title, alert.firing, alert.labels["Till"]) == ("till-5xx", True, "1")
    assert alert.starts_at == datetime(2026, 11, 21, 2, 58, tzinfo=UTC)
    assert "no OK action" in heard.notes[0]
    (over,) = read({**ALARM, "NewStateValue": "OK", "OKActions": [TOPIC]}).alerts
    assert (over.fingerprint, over.firing, over.ends_at) == (alert.fingerprint, False, alert.starts_at)
    assert read({**ALARM, "NewStateValue": "INSUFFICIENT_DATA"}).alerts[0].firing


def event(kind: str, detail: dict[str, Any]) -> dict[str, Any]:
    about = {"id": "e-1", "source": "aws.x", "account": "123456789012", "region": "eu-west-1", "resources": []}
    return {"version": "0", "detail-type": kind, "time": "2026-11-21T02:57:00Z", "detail": detail, **about}


@pytest.mark.parametrize(("severity", "word"), [(9.1, "critical"), (7, "high"), (5, "medium"), (2, "low")])
def test_a_finding_of_guardduty_is_one_alert_by_its_id(severity: float, word: str) -> None:
    """The number of GuardDuty's scale is said in its word."""
    detail = {
        "id": "f-1",
        "type": "Recon:EC2/Portscan",
        "severity": severity,
        "title": "A host scans",
        "description": "x",
    }
    (alert,) = read(event("GuardDuty Finding", detail)).alerts
    assert (alert.fingerprint, alert.title, alert.severity_hint) == ("guardduty:f-1", "A host scans", word)


def test_findings_of_security_hub_end_when_somebody_has_dealt_with_them() -> None:
    """Also WAF's: each finding of the list is an alert, over when resolved, suppressed or archived."""
    finding = {"Id": "arn:f/1", "Title": "WAF rule lets everything pass", "Severity": {"Label": "HIGH"}}
    listed = [finding, {**finding, "Id": "arn:f/2", "Workflow": {"Status": "RESOLVED"}}]
    first, second = read(event("Security Hub Findings - Imported", {"findings": listed})).alerts
    assert (first.firing, first.severity_hint, second.firing) == (True, "high", False)


def test_what_waf_blocks_is_an_alarm_of_its_web_acl() -> None:
    """C12: WAF has no findings of its own; it counts, and CloudWatch watches what it counts."""
    dimensions = [{"name": "WebACL", "value": "shop"}, {"name": "Rule", "value": "ALL"}]
    trigger = {"MetricName": "BlockedRequests", "Namespace": "AWS/WAFV2", "Dimensions": dimensions}
    (alert,) = read({**ALARM, "AlarmName": "blocked by the firewall", "Trigger": trigger}).alerts
    said = {name: alert.labels[name] for name in ("namespace", "metric", "WebACL", "Rule")}
    assert said == {"namespace": "AWS/WAFV2", "metric": "BlockedRequests", "WebACL": "shop", "Rule": "ALL"}


def test_a_finding_about_waf_names_its_web_acl() -> None:
    """C12: Firewall Manager tells Security Hub of a web ACL that does not protect what it should."""
    acl = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/shop/a1"
    finding = {
        "Id": "arn:f/3",
        "Title": "A web ACL lacks the rules of its policy",
        "ProductName": "Firewall Manager",
        "Severity": {"Label": "MEDIUM"},
        "Resources": [{"Type": "AwsWafv2WebAcl", "Id": acl}],
    }
    (alert,) = read(event("Security Hub Findings - Imported", {"findings": [finding]})).alerts
    assert (alert.labels["product"], alert.labels["resource"]) == ("Firewall Manager", acl)
    (alert,) = read(event("Security Hub Findings - Imported", {"findings": [{**finding, "Resources": ["?"]}]})).alerts
    assert "resource" not in alert.labels


def test_an_alarm_by_eventbridge_is_the_alarm_by_sns() -> None:
    """Both ways name the alarm by its ARN."""
    detail = {"alarmName": "till-5xx", "state": {"value": "OK", "timestamp": "2026-11-21T02:58:00.000+0000"}}
    said = event("CloudWatch Alarm State Change", detail) | {"resources": [ALARM["AlarmArn"]]}
    (alert,) = read(said).alerts
    assert (alert.fingerprint, alert.firing) == (ALARM["AlarmArn"], False)


def test_other_messages_are_alerts_by_their_subject() -> None:
    """A sentence is an alert too, and so is the end of the subscription: silence must not go unseen."""
    (alert,) = read("Your budget is used up.\nSee the console.", Subject="Budget alarm").alerts
    assert (alert.title, alert.summary) == ("Budget alarm", "Your budget is used up.\nSee the console.")
    body = json.dumps(message("UnsubscribeConfirmation", Message="x")).encode()
    assert "does not send here any more" in read_cloudwatch(body, NOW).alerts[0].title
    assert read_cloudwatch(json.dumps(message("SubscriptionConfirmation")).encode(), NOW).alerts == ()
