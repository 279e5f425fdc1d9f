"""Every story of this folder, played against the real process."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import shared
from tests.stories.play import playing, run_tocsin
from tests.stories.story import Story, read_story

HERE = Path(__file__).parent
STORIES = sorted(path.stem for path in HERE.glob("*.md"))


def runbook_of(story: Story) -> Path:
    """The runbook that the story is about; skips where a real document is not beside this checkout."""
    if not story.real:
        return HERE / story.runbook
    place = shared()
    if place is None:
        pytest.skip("the shared documents are not beside this checkout (set TOCSIN_SHARED)")
    return place / "runbooks" / story.runbook


@pytest.mark.component("alertmanager")
@pytest.mark.parametrize("name", STORIES)
def test_a_story_ends_as_it_is_told(name: str, tmp_path: Path) -> None:
    """A team with its runbook, an alert from a real Alertmanager, and what people do give the timeline as told."""
    story = read_story(HERE / f"{name}.md")
    runbook = runbook_of(story)
    with playing(story, runbook, tmp_path) as play:
        for act in story.acts:
            play.go_to(act.after)
            play.perform(act)
        play.go_to(play.now() + timedelta(seconds=1))
        timeline, pages = play.timeline(), play.pages()
        assert timeline == list(story.timeline), "\n".join(timeline)
        assert pages == list(story.pages), "\n".join(f"- {page}" for page in pages)
        postmortem = play.about("/postmortem")
        assert postmortem["published_at"], postmortem
        text = play.told(postmortem["text"])
        missing = [line for line in story.postmortem if line not in text.splitlines()]
        assert not missing, f"{missing}\n\n{text}"
        assert public_updates(play.server.data / "status") == list(story.customers)
        assert play.server.call("GET", "/api/v1/health", token=play.server.admin).status == 200
        assert "Traceback" not in play.server.output(), play.server.output()[-4000:]


@pytest.mark.parametrize("name", STORIES)
def test_the_check_names_whom_the_team_had_to_bind(name: str) -> None:
    """Contacts that a runbook leaves unfilled are named by `tocsin check`, before anybody is ever paged."""
    story = read_story(HERE / f"{name}.md")
    assert story.named_by_check
    done = run_tocsin("check", "--format", "json", str(runbook_of(story)))
    assert done.returncode in (0, 1), done.stderr
    said = [finding["message"] for finding in json.loads(done.stdout)["findings"]]
    for words in story.named_by_check:
        assert any(words in message for message in said), (words, said)


def public_updates(folder: Path) -> list[str]:
    """What the status page's own files say to customers, oldest first."""
    found: list[str] = []
    page = folder / "api/v2/incidents.json"
    incidents = json.loads(page.read_text())["incidents"] if page.exists() else []
    for incident in reversed(incidents):
        updates = reversed(incident["incident_updates"])
        found += [f"{one['status']}: {' '.join(one['body'].split())}" for one in updates]
    return found
