"""Safe fixes: what is changed, what never is, and that the bytes around it stay."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.errors import BadDocument
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.fixes import difference, fixed, safe_fixes, written

DOCUMENT = """# R

## Message templates

### Alert
```
ðŸš¨ INCIDENT [Severity]
```

## Common incidents

### Down

1. Look: `curl https://shop.test/health`, then `curl https://shop.test/health/db`

```bash
# Follow
kubectl logs -f deploy/web -n shop
tail -f /var/log/a.log | grep ERROR
echo 'ðŸš¨'
watch -n 5 'pm2 list'
docker stats
```
"""


def repaired(data: bytes) -> bytes:
    """The bytes with every safe fix in them."""
    file = written(data, "R.md")
    return fixed(file, safe_fixes(compile_runbook(data), file.lines)).data()


def test_what_is_safe_is_fixed_and_nothing_else() -> None:
    """curl gets -f, followed logs a bound, text its characters; commands keep theirs, and watch is left to people."""
    text = repaired(DOCUMENT.encode()).decode()
    assert "`curl -f https://shop.test/health`, then `curl -f https://shop.test/health/db`" in text
    assert "kubectl logs --tail=200 deploy/web -n shop\n" in text
    assert "tail -n 200 /var/log/a.log | grep ERROR\n" in text
    assert "docker stats --no-stream\n" in text
    assert "🚨 INCIDENT [Severity]" in text
    assert "echo 'ðŸš¨'\nwatch -n 5 'pm2 list'\n" in text
    before, after = DOCUMENT.splitlines(), text.splitlines()
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 5


def test_a_command_inside_of_a_longer_one_is_not_mistaken_for_it() -> None:
    """Only the check is fixed, not the request that begins with the same words; in code spans and in blocks."""
    post, check = "curl https://shop.test/cache -X POST", "curl https://shop.test/cache"
    document = f"# R\n\n## Common incidents\n\n### Down\n\n- Do `{post}`, then `{check}`\n\n"
    document += f"```bash\n{post}\n{check} # look\n```\n"
    text = repaired(document.encode()).decode()
    assert text == document.replace(f"`{check}`", "`curl -f https://shop.test/cache`").replace(
        f"{check} #", "curl -f https://shop.test/cache #"
    )


def test_a_second_run_finds_nothing() -> None:
    """Fixing is idempotent."""
    once = repaired(DOCUMENT.encode())
    assert repaired(once) == once
    assert not safe_fixes(compile_runbook(once), written(once, "R.md").lines)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(("mark", "encoding"), [(b"", "utf-8"), (b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le")])
def test_line_ends_and_encoding_stay(end: str, mark: bytes, encoding: str) -> None:
    """A fix is no reformatting: the diff in the team's repository has the fixed lines only."""
    data = mark + DOCUMENT.replace("\n", end).encode(encoding)
    text = repaired(data)[len(mark) :].decode(encoding)
    assert repaired(data).startswith(mark)
    assert text.count(end) == DOCUMENT.count("\n")
    assert text.replace(end, "\n") == repaired(DOCUMENT.encode()).decode()


def test_the_last_line_may_have_no_end() -> None:
    """Nothing is added at the end of the file."""
    data = b"## Common incidents\n\n### Down\n\n- `curl https://shop.test/health`"
    assert repaired(data) == data.replace(b"curl", b"curl -f")


def test_other_encodings_are_refused() -> None:
    """What was read by a guess is not written back."""
    with pytest.raises(BadDocument, match="save it as UTF-8"):
        written("# Café\n".encode("cp1252"), "R.md")


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab\r\n\x0b\x0c\u2028é🚨`", max_size=40))
def test_a_file_is_written_back_byte_for_byte(text: str) -> None:
    """Without a fix nothing changes, whatever the line ends; the lines are those of the compiler."""
    data = text.encode()
    file = written(data, "R.md")
    assert file.data() == data
    assert fixed(file, ()).data() == data


def test_the_diff_is_a_unified_one() -> None:
    """People know how to read it, and `patch` and `git apply` take it."""
    data = DOCUMENT.encode()
    file = written(data, "R.md")
    lines = difference("docs/R.md", file, fixed(file, safe_fixes(compile_runbook(data), file.lines))).splitlines()
    assert lines[:2] == ["--- a/docs/R.md", "+++ b/docs/R.md"]
    assert "-ðŸš¨ INCIDENT [Severity]" in lines
    assert "+🚨 INCIDENT [Severity]" in lines
