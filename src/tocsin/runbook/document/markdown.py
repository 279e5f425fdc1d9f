"""The Markdown parser, told which of its rules a line can be for.

markdown-it tries every rule at every line and at every sign of a text, and most of them look at one character and
refuse. What is read stays the same: a rule that is not tried here would have refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import accumulate
from typing import Literal

from markdown_it import MarkdownIt, rules_block
from markdown_it.parser_block import RuleFuncBlockType
from markdown_it.ruler import Ruler
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from markdown_it.utils import EnvType

_OPENS: dict[RuleFuncBlockType, str] = {
    rules_block.blockquote: ">",
    rules_block.fence: "`~",
    rules_block.heading: "#",
    rules_block.hr: "*-_",
    rules_block.html_block: "<",
    rules_block.list_block: "*+-0123456789",
    rules_block.reference: "[",
}
"""What a line begins with that one of these rules takes; the other rules look further."""

_RULE = re.compile(r"([*_-])[ \t]*\1[ \t]*\1")
"""How a horizontal rule begins."""

_ITEM = re.compile(r"(?:[*+-]|\d+[.)])(?![^ \t])")
"""How an item of a list begins."""

_OF_ITEMS_OR_RULES = _OPENS[rules_block.list_block] + _OPENS[rules_block.hr]

_UNDERLINES = "|-:"
"""What the second line of a table begins with."""

_MARKS = re.compile(r"[\n!&*<\[\\\]_`]")
"""Where a rule for what stands in a text may begin or end."""


@cache
def parser() -> MarkdownIt:
    """The parser of blocks. The texts in them are left alone, so that whoever reads can leave out absurd ones."""
    md = MarkdownIt("commonmark", {"maxNesting": 40, "tasklists": False}).enable("table")
    md.core.ruler.disable("inline")
    md.block.ruler = _RulesByCharacter(md.block.ruler)
    md.inline.terminator_re = _MARKS
    return md


def block_tokens(text: str) -> list[Token]:
    """What the parser makes of a text whose last line ends: its blocks, and the texts in them as they are written."""
    if "\r" in text or "\0" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    md = parser()
    state = _State(text, md, {}, [])
    md.block.tokenize(state, 0, state.lineMax)
    return state.tokens


class _Token(Token):
    """A token without what only an HTML page needs, made in a third of the time."""

    __slots__ = ()

    def __init__(self, kind: str, tag: str, nesting: Literal[-1, 0, 1], level: int) -> None:
        self.type = kind
        self.tag = tag
        self.nesting = nesting
        self.level = level
        self.map = None
        self.content = self.markup = self.info = ""


class _State(StateBlock):
    """The state of the parser, which begins by measuring each line."""

    def __init__(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> None:
        super().__init__("", md, env, tokens)
        self.closings: dict[str, Token] = {}  # one for all that close the same: nothing of theirs but the type is read
        self.src = src
        lines = src.removesuffix("\n").split("\n")
        lengths = [len(line) for line in lines]
        shifts = [length - len(line.lstrip(" \t")) for line, length in zip(lines, lengths, strict=True)]
        widths = [
            shift and (len(line[:shift].expandtabs(4)) if "\t" in line[:shift] else shift)
            for line, shift in zip(lines, shifts, strict=True)
        ]
        self.bMarks = [0, *accumulate(length + 1 for length in lengths)]
        self.eMarks = [*(begin + length for begin, length in zip(self.bMarks, lengths, strict=False)), len(src)]
        self.tShift, self.sCount = [*shifts, 0], [*widths, 0]
        self.bsCount = [0] * len(self.bMarks)
        self.lineMax = len(lines)

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        """Push a new token to the stream."""
        if nesting < 0:
            self.level -= 1
            token = self.closings.get(ttype)
            if token is None:
                token = self.closings[ttype] = _Token(ttype, tag, nesting, 0)
        else:
            token = _Token(ttype, tag, nesting, self.level)
            self.level += nesting
        self.tokens.append(token)
        return token


class _RulesByCharacter(Ruler[RuleFuncBlockType]):
    """The rules of another ruler, of which each chain is one rule: the first that holds among those that can."""

    def __init__(self, ruler: Ruler[RuleFuncBlockType]) -> None:
        super().__init__()
        self.__rules__ = ruler.__rules__
        self._chains: dict[str, list[RuleFuncBlockType]] = {}

    def getRules(self, chainName: str = "") -> list[RuleFuncBlockType]:
        """The one rule of a chain."""
        if chainName not in self._chains:
            self._chains[chainName] = [_Chain(super().getRules(chainName))]
        return self._chains[chainName]


class _Chain:
    """Some rules in their order, as one rule."""

    def __init__(self, rules: list[RuleFuncBlockType]) -> None:
        self._indented: list[RuleFuncBlockType] = [
            rule for rule in rules if rule in (rules_block.code, rules_block.paragraph)
        ]
        others = [rule for rule in rules if rule is not rules_block.code]
        self._underlined = _by_character(others)
        self._usual = _by_character(rule for rule in others if rule is not rules_block.table)
        two_lines = (rules_block.table, rules_block.lheading)
        self._alone = _by_character(rule for rule in others if rule not in two_lines)

    def __call__(self, state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:
        """Whether one of the rules takes the line."""
        if state.sCount[startLine] - state.blkIndent >= 4:  # a block of code by its indentation
            rules = self._indented
        else:
            first = state.bMarks[startLine] + state.tShift[startLine]
            below = state.bMarks[startLine + 1] + state.tShift[startLine + 1]
            under = state.src[below : below + 1]
            possible = self._alone if under == "\n" else self._underlined if under in _UNDERLINES else self._usual
            opening = state.src[first : first + 1]
            if opening in _OF_ITEMS_OR_RULES and opening:
                end = state.eMarks[startLine]
                if not (opening in "*-_" and _RULE.match(state.src, first, end)):
                    opening = "- " if _ITEM.match(state.src, first, end) else ""
            rules = possible.get(opening) or possible[""]
        for rule in rules:  # noqa: SIM110 - a generator costs more than the rules
            if rule(state, startLine, endLine, silent):
                return True
        return False


def _by_character(rules: Iterable[RuleFuncBlockType]) -> dict[str, list[RuleFuncBlockType]]:
    """The rules that can take a line by its first character; those for any other one by "", for an item by "- "."""
    given = list(rules)
    characters = ["", *"".join(_OPENS.values())]
    possible = {
        character: [rule for rule in given if rule not in _OPENS or (character and character in _OPENS[rule])]
        for character in characters
    }
    possible["- "] = [rule for rule in possible["-"] if rule is not rules_block.hr]
    return possible
