"""Commands that only read and print a secret: whoever sees the incident would see it, so they wait for consent."""

from __future__ import annotations

import re
from collections.abc import Sequence

_FILE = re.compile(
    r"(?:.*/)?(?:\.env(?:\.[\w-]+)?|\.pgpass|\.netrc|\.my\.cnf|\.npmrc|\.htpasswd|shadow|id_(?:rsa|ed25519|ecdsa|dsa)"
    r"|[\w.-]+\.(?:pem|key|p12|pfx|jks|kdbx)|credentials(?:\.\w+)?|secrets?\.(?:ya?ml|json|toml|env|txt))"
)
"""Where keys and passwords are kept."""
_READERS = frozenset(
    (
        *("cat", "less", "more", "head", "tail", "tac", "nl", "grep", "egrep", "zgrep", "rg", "awk", "sed", "cut"),
        *("sort", "strings", "xxd", "base64"),
    )
)
_STORES: dict[str, tuple[tuple[str, ...], ...]] = {
    "aws": (
        ("secretsmanager", "get-secret-value"),
        ("secretsmanager", "batch-get-secret-value"),
        ("ssm", "--with-decryption"),
    ),
    "vault": (("kv", "get"), ("read",)),
    "gcloud": (("secrets", "versions", "access"),),
    "az": (("keyvault", "secret", "show"), ("keyvault", "secret", "download")),
    "heroku": (("config",), ("config:get",)),
    "op": (("read",), ("item", "get")),
    "doppler": (("secrets",),),
    "infisical": (("secrets",), ("export",)),
    "pass": (("show",),),
    "railway": (("variables",),),
}
"""Of each program the words, in this order, with which it shows what is kept secret."""
_CLUSTERS = frozenset(["kubectl", "oc", "k"])
_SECRET = re.compile(r"secrets?(?:/.*)?")
_AS_A_WHOLE = re.compile(r"(?:-o|--output)(?:=?(?!name|wide).+)?|--template(?:=.*)?")
_NAMES_ONLY = frozenset(["name", "wide"])


def prints_a_secret(argv: Sequence[str]) -> bool:
    """Whether a command shows a value that is kept secret: of a store of them, or a file that holds keys.

    >>> prints_a_secret(("kubectl", "get", "secret", "mill", "-o", "yaml")), prints_a_secret(("cat", "/srv/mill/.env"))
    (True, True)
    >>> prints_a_secret(("kubectl", "get", "secrets")), prints_a_secret(("openssl", "x509", "-in", "mill.pem"))
    (False, False)
    """
    program, words = argv[0].rsplit("/", 1)[-1], argv[1:]
    if program in _READERS:
        return any(map(_FILE.fullmatch, words))
    if program in _CLUSTERS:
        return "get" in words and any(map(_SECRET.fullmatch, words)) and _is_shown_whole(words)
    return any(_stand_in_order(several, words) for several in _STORES.get(program, ()))


def _is_shown_whole(words: Sequence[str]) -> bool:
    """Whether an object of a cluster is printed with its values: `-o yaml`, `-ojson`, `--template=…`."""
    for word, value in zip(words, (*words[1:], ""), strict=True):
        if _AS_A_WHOLE.fullmatch(word) and not (word in ("-o", "--output") and value in _NAMES_ONLY):
            return True
    return False


def _stand_in_order(wanted: Sequence[str], words: Sequence[str]) -> bool:
    """Whether some words stand among others, in this order and with options between them."""
    rest = iter(words)
    return all(word in rest for word in wanted)
