"""PowerShell's commands, "Verb-Noun", judged by the verb, and pipelines of them that bash cannot read."""

from __future__ import annotations

import re

from tocsin.runbook.command.programs import Argv, Judgement, by_name
from tocsin.runbook.instructions import Effect, Termination

_CMDLET = re.compile(r"[A-Z][A-Za-z]+-[A-Z]\w+")
_SIFTS = frozenset({"Select", "Where", "Sort", "Measure", "Group", "Format", "Compare", "ConvertFrom", "ConvertTo"})
"""The verbs of the filters of a pipeline."""

_ENDS = frozenset(
    {"Restart-Computer", "Format-Volume", "Initialize-Disk", "Clear-Disk"} | {"Clear-Content", "Clear-EventLog"}
)
"""What is lost or stops, though the verb sounds harmless."""

_RUNS = frozenset(
    {"Invoke-Command", "Invoke-Expression", "Invoke-Item", "Invoke-Sqlcmd", "Start-Process", "Start-Job"}
    | {"ForEach-Object", "Measure-Command", "Trace-Command"}
)
"""What runs something else, which is not looked at."""


def is_cmdlet(word: str) -> bool:
    """Whether a word is the name of one: "Restart-Service"."""
    return "-" in word and bool(_CMDLET.fullmatch(word))


_VERBS = frozenset(
    {
        "Add",
        "Backup",
        "Checkpoint",
        "Clear",
        "Close",
        "Compress",
        "Connect",
        "Copy",
        "Disable",
        "Disconnect",
        "Dismount",
    }
    | {"Enable", "Enter", "Exit", "Expand", "Export", "Find", "Get", "Import", "Install", "Invoke", "Measure", "Mount"}
    | {"Move", "New", "Open", "Out", "Publish", "Push", "Read", "Receive", "Register", "Remove", "Rename", "Repair"}
    | {"Reset", "Resolve", "Restart", "Restore", "Resume", "Revoke", "Save", "Search", "Select", "Send", "Set", "Show"}
    | {"Sort", "Start", "Stop", "Suspend", "Sync", "Test", "Uninstall", "Unlock", "Unregister", "Update", "Wait"}
    | {"Where", "Write"}
)
"""Verbs by which PowerShell's own commands and those of its modules are named (its list of approved verbs)."""


def names_cmdlet(word: str) -> bool:
    """Whether a word is surely a cmdlet, known by name or not: its verb is one that they begin with.

    >>> names_cmdlet("Get-ChildItem"), names_cmdlet("Follow-Up"), names_cmdlet("Start-Up")
    (True, False, False)
    """
    verb, _dash, noun = word.partition("-")
    return verb in _VERBS and is_cmdlet(word) and noun not in _NO_NOUNS


_NO_NOUNS = frozenset(
    {"Ahead", "Back", "Behind", "Cookie", "Down", "Driven", "End", "Ended", "Free", "In", "Off", "On", "Once", "Only"}
    | {"Out", "Over", "Point", "Side", "Source", "Through", "Time", "Up", "Write"}
)
"""Behind the dash of a word written large in a title, "Read-Only", "Start-Up", and of a header, "Set-Cookie"."""

_SETS_VARIABLE = re.compile(r"\$(?:env:)?\w{1,40}\s?=\s?[^=\s]")


def sets_and_calls(line: str) -> bool:
    """Whether a line of PowerShell sets a variable and calls a cmdlet, for it or behind it.

    >>> sets_and_calls("$mill = Get-Service mill"), sets_and_calls("$price = 5 per loaf")
    (True, False)
    """
    return _SETS_VARIABLE.match(line) is not None and any(map(names_cmdlet, _CMDLET.findall(line)))


def cmdlet(argv: Argv) -> Judgement:
    """What a cmdlet does.

    >>> cmdlet(("Restart-Service", "mill", "-WhatIf")).effect.value, cmdlet(("Format-Volume", "D")).effect.value
    ('read_only', 'destructive')
    """
    name, *words = argv
    verb = name.split("-", 1)[0]
    if "-WhatIf" in words:
        return Judgement(Effect.READ_ONLY, reason="-WhatIf only tells what would be done")
    if name in _ENDS:
        return Judgement(Effect.DESTRUCTIVE, reason=f"{name} destroys or stops something")
    if name == "Enter-PSSession":
        return Judgement(Effect.UNKNOWN, Termination.INTERACTIVE, "opens a shell on another host", ("tty",))
    if name in _RUNS or (verb in _SIFTS and any(_acts(word) for word in words)):
        return Judgement(Effect.UNKNOWN, reason=f"what {name} is given to run is not known")
    if name in ("Invoke-WebRequest", "Invoke-RestMethod") and "-Method" not in words:
        writes = "-OutFile" in words
        said = f"{name} writes a file" if writes else f"{name} only reads"
        return Judgement(Effect.MUTATING if writes else Effect.READ_ONLY, reason=said)
    return by_name("get" if verb in _SIFTS else verb, f"the name {name}")


def _acts(word: str) -> bool:
    return is_cmdlet(word) and cmdlet((word,)).effect is not Effect.READ_ONLY


def reads_only(statement: str) -> bool:
    """Whether a statement that bash cannot read is a pipeline of cmdlets of which each only reads.

    >>> reads_only("Get-WinEvent @{ Level = 2 } | Where-Object { $_.Id -eq 1 }")
    True
    >>> reads_only("Get-Process | Where-Object { $_.Kill() }")
    False
    """
    if not _CMDLET.match(statement):
        return False
    text = _COMMENT.sub("", _QUOTED.sub("''", statement))
    if _DOES_MORE.search(text) or any(not _CALL_READS.match(name) for name in _CALL.findall(text)):
        return False
    stages = [stage.strip() for stage in text.split("|")]
    names = [match[0] for stage in stages if (match := _CMDLET.match(stage))]
    inside = {match for match in _CMDLET.findall(text) if match not in names}
    return len(names) == len(stages) and all(cmdlet((name,)).effect is Effect.READ_ONLY for name in (*names, *inside))


_QUOTED = re.compile(r"'[^'\n]*'|\"[^\"$\n]*\"")
_COMMENT = re.compile(r"#[^\n]*")
_DOES_MORE = re.compile(
    r"[&;>%\"`]|::|\$\(|\.\s*\{|\.(?:ps1|exe|bat|cmd)\b|\b(?:iex|icm|saps|ri|rm|del|kill)\b", re.IGNORECASE
)
"""A second statement, a call by a variable or of a script, a file that is written, an alias of what acts."""

_CALL = re.compile(r"\.(\w+)\s*\(")
_CALL_READS = re.compile(
    r"(?:Add(?:Days|Hours|Minutes|Seconds)|To\w*|Contains|StartsWith|EndsWith|Substring|Split|Trim\w*|Get\w*|Equals)$"
)
