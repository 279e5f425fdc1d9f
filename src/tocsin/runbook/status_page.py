"""The public status page of the team: where customers look, never one where the team looks after a provider."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tocsin.runbook.document.leaves import Leaf
from tocsin.runbook.grammar import any_of, pattern, small_words
from tocsin.runbook.sentence_ends import clause_ends
from tocsin.runbook.words import words_of

_ADDRESS = re.compile(
    r"(?:https?://)?(?<![\w.])(?P<host>status\.[\w-]+(?:\.[\w-]+)+|[\w-]+\.statuspage\.io)[^\s)\]]*", re.IGNORECASE
)


def read_status_page(everything: Iterable[Leaf], title: str) -> str | None:
    """The first address of a status page that is the team's own; ``title`` of the document names what it is about.

    One beside a name, "Mill status: …", may be a provider's: it counts where it is the only one of them.
    """
    own = frozenset(words_of(title))
    named: dict[str, str] = {}
    for leaf in everything:
        hrefs = [run.href for run in leaf.inline.runs if run.href]
        for text in (*hrefs, leaf.text):
            found = _ADDRESS.search(text) if "status" in text.lower() else None
            if found is None or "vendors" in leaf.section.abouts:
                continue
            said = _sentence_of(found, leaf)
            if _is_of_a_provider(found["host"], own) or _looks().search(said) is not None:
                continue  # "Check the status of the carrier: …"
            address = found[0].rstrip(".,;" if found[0].startswith("http") else ".,;/")
            if not _names_another(found["host"], set(words_of(said)), own):
                return address
            named.setdefault(found["host"], address)
    return next(iter(named.values())) if len(named) == 1 else None


def _is_of_a_provider(host: str, own: frozenset[str]) -> bool:
    """Whether a page is that of a well-known provider, "status.stripe.com", in a document that is not its own."""
    *_, name, _end = host.lower().split(".")
    return name in small_words("providers") and name not in own


def _sentence_of(found: re.Match[str], leaf: Leaf) -> str:
    """The sentence that holds an address, without it."""
    said = next((one for one in clause_ends().split(leaf.text) if found["host"] in one), leaf.text)
    return _ADDRESS.sub(" ", said)


@pattern
def _looks() -> str:
    return any_of("look")


def _names_another(host: str, words: set[str], own: frozenset[str]) -> bool:
    """Whether words name what an address does, "OpenAI" beside status.openai.com, and it is not what all is about."""
    labels = {label for label in re.split(r"[.-]", host.lower()) if len(label) >= _SHORTEST_NAME} - {"status"}
    names = (word for word in words - own if len(word) >= _SHORTEST_NAME)
    return any(label.startswith(word) for word in names for label in labels - own)


_SHORTEST_NAME = 3
"""Letters of the name of a provider, "aws"; shorter parts of an address are its end."""
