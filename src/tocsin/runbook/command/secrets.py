"""Commands that only read and print a secret: whoever sees the incident would see it, so they wait for consent."""

from __future__ import annotations

import re
from collections.abc import Sequence

_FILE = (
    r"\.env(?:\.[\w-]+)?|\.pgpass|\.netrc|\.my\.cnf|\.npmrc|\.htpasswd|shadow|id_(?:rsa|ed25519|ecdsa|dsa)"
    r"|[\w.-]+\.(?:pem|key|p12|pfx|jks|kdbx)|credentials(?:\.\w+)?|secrets?\.(?:ya?ml|json|toml|env|txt)"
)
_TELLING = re.compile(
    r"(?:kubectl|oc|k)\s(?:.*\s)?get\s(?:.*\s)?(?:secrets?(?:[\s/].*)?)\s"
    r"(?:-o\s?=?|--output[= ]|--template)\s?(?!name\b|wide\b)\S"
    r"|aws\s(?:.*\s)?secretsmanager\s(?:batch-)?get-secret-value\b"
    r"|aws\s(?:.*\s)?ssm\sget-parameters?(?:-by-path|-history)?\s(?:.*\s)?--with-decryption\b"
    r"|vault\s(?:kv\sget|read)\b|gcloud\s(?:.*\s)?secrets\sversions\saccess\b"
    r"|az\s(?:.*\s)?keyvault\ssecret\s(?:show|download)\b|heroku\sconfig(?::get)?(?:\s|$)"
    r"|op\s(?:read|item\sget)\b|doppler\ssecrets\b|infisical\s(?:secrets|export)\b|pass\sshow\b"
    r"|railway\svariables\b|flyctl?\sssh\sconsole\s.*\benv\b"
    rf"|(?:cat|less|more|head|tail|tac|nl|grep|egrep|zgrep|rg|awk|sed|cut|sort|strings|xxd|base64)\s(?:.*[\s/])?(?:{_FILE})(?:\s|$)"
)


def prints_a_secret(argv: Sequence[str]) -> bool:
    """Whether a command shows a value that is kept secret: of a store of them, or a file that holds keys.

    >>> prints_a_secret(("kubectl", "get", "secret", "mill", "-o", "yaml")), prints_a_secret(("cat", "/srv/mill/.env"))
    (True, True)
    >>> prints_a_secret(("kubectl", "get", "secrets")), prints_a_secret(("openssl", "x509", "-in", "mill.pem"))
    (False, False)
    """
    return _TELLING.match(" ".join(argv)) is not None
