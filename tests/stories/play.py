"""Plays a story against the real process: a real Alertmanager, people with phones, and a clock that can be moved."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.stage.alertmanager import Alertmanager, alertmanager
from tests.stage.child import eventually
from tests.stage.process import Tocsin, tocsin
from tests.stage.webhook import Webhook, webhook
from tests.stories.story import Act, Story

PHONE = re.compile(r'env = "((\w+)_PHONE)"')
CSRF = re.compile(r'name="csrf" value="([^"]+)"')
INSTANT = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d)(:\d\d)? UTC")
SPAN = re.compile(r"\b(\d+) min (\d+) s\b")
TIMEOUT_SECONDS = 60


@dataclass(slots=True)
class Play:
    """A story under way. ``began`` is the instant of the process's clock that stands for its beginning."""

    story: Story
    server: Tocsin
    phones: Webhook
    monitor: Alertmanager
    began: datetime
    tokens: dict[str, str] = field(default_factory=dict)
    seen: int = 0

    # --- time ---------------------------------------------------------------------------------------------------

    def now(self) -> timedelta:
        """How long after the beginning it is."""
        return datetime.fromisoformat(self.server.now()) - self.began

    def go_to(self, moment: timedelta) -> None:
        """Let time pass until then, stopping at every deadline on the way as real time would."""
        for _ in range(500):
            self.server.settle()
            due = [one["next_due_at"] for one in self.server.api("/incidents") if one["next_due_at"]]
            stops = [datetime.fromisoformat(one) - self.began for one in due]
            stop = min([one for one in stops if one <= moment], default=moment)
            left = stop - self.now()
            if left > timedelta(0):
                self.server.advance(left.total_seconds() + 0.001)
            elif stop == moment:
                return
            # A deadline that is due is taken up at once; wait until it is, or it would be stopped at again.
            if stop != moment:
                assert eventually(lambda at=stop: self._passed(at), 5, every=0.02), f"nothing happened at {stop}"
        raise AssertionError("time does not get on")

    def _passed(self, stop: timedelta) -> bool:
        due = [one["next_due_at"] for one in self.server.api("/incidents") if one["next_due_at"]]
        return all(datetime.fromisoformat(one) - self.began > stop for one in due)

    def told(self, text: str) -> str:
        """A text with the instants of the process's clock said in the story's."""

        def told(found: re.Match[str]) -> str:
            at = datetime.fromisoformat(f"{found[1]}T{found[2]}{found[3] or ':00'}+00:00")
            # An instant without seconds was cut to its minute, and so is the beginning that it is counted from.
            began = self.began.replace(microsecond=0) if found[3] else self.began.replace(second=0, microsecond=0)
            return self.story.clock(at - began)

        return INSTANT.sub(told, text)

    def spoken(self, text: str) -> str:
        """A text on one line, in the story's time, with spans in whole minutes: how fast a machine is tells nothing."""
        return " ".join(SPAN.sub(_whole_minutes, self.told(text)).split())

    def clock(self, at: str) -> str:
        """An instant as the story's time of day."""
        return self.story.clock(datetime.fromisoformat(at) - self.began)

    # --- what can be asked --------------------------------------------------------------------------------------

    @property
    def incident(self) -> str:
        """The newest incident."""
        newest = self.server.api("/incidents?limit=1")
        assert newest, "there is no incident yet"
        return str(newest[0]["id"])

    def about(self, path: str = "") -> Any:
        """What the API says about the incident."""
        return self.server.api(f"/incidents/{self.incident}{path}")

    def timeline(self) -> list[str]:
        """The lines of the timeline as a story tells them."""
        lines = [
            f"{self.clock(one['at'])}  {self.spoken(one['text'])}" + (f"  [line {one['line']}]" if one["line"] else "")
            for one in self.about()["timeline"]
        ]
        return settled_order(lines)

    def pages(self) -> list[str]:
        """Who was paged by their own phone, and with what."""
        pages = []
        for request in self.phones.requests:
            page = request.json()
            pages.append(f"{self.clock(page['at'])} {page['person']}: {page['headline']}")
        return settled_order(pages)

    def link(self, person: str) -> str:
        """The path of the newest signed link that was sent to this person."""
        sent = [one.json() for one in self.phones.requests if one.path == f"/{person}"]
        assert sent, f"{person} was not paged"
        return "/p/" + str(sent[-1]["link"]).rpartition("/p/")[2]

    def token(self, person: str) -> str:
        """A token of this person's own."""
        if person not in self.tokens:
            admin = self.server.api("/me")["handle"]
            self.tokens[person] = self.server.admin if person == admin else self.server.token_of(person, "maintainer")
        return self.tokens[person]

    def step(self, title: str) -> str:
        """The id of the open procedure's next step with this title."""
        steps = [one for one in self.about("/steps")["steps"] if one["title"] == title]
        assert steps, f"no step {title!r}; there are {[one['title'] for one in self.about('/steps')['steps']]}"
        return str(next((one for one in steps if one["outcome"] is None), steps[0])["id"])

    # --- ways to act --------------------------------------------------------------------------------------------

    def post(self, person: str, path: str, body: object = None) -> Any:
        """Act over the API."""
        return self.server.api(f"/incidents/{self.incident}{path}", body or {}, token=self.token(person))

    def by_link(self, person: str, act: str, **fields: str) -> None:
        """Act on the page that the person's newest signed link opens."""
        link = self.link(person)
        shown = self.server.get(link)
        assert shown.status == 200, shown
        csrf = CSRF.search(shown.body.decode())
        assert csrf, shown.body.decode()[:2000]
        body = urlencode({"csrf": csrf[1], **fields}).encode()
        headers = {"content-type": "application/x-www-form-urlencoded", "origin": self.server.url}
        done = self.server.request("POST", f"{link}/{act}", body, headers)
        assert done.status in (200, 204, 303), done.body.decode()[:2000]

    def by_command(self, person: str, *words: str) -> str:
        """Act at the command line; what it printed."""
        environment = {**os.environ, "TOCSIN_URL": self.server.url, "TOCSIN_TOKEN": self.token(person)}
        done = run_tocsin(*words, environment=environment)
        assert done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    # --- acts ---------------------------------------------------------------------------------------------------

    def perform(self, act: Act) -> None:
        """Do what a line of the story says."""
        for pattern, does in ACTS:
            found = pattern.fullmatch(act.what)
            if found is not None:
                does(self, act.who, *found.groups())
                return
        raise ValueError(f"nobody knows how to do this: {act.who} {act.what}")

    def fires(self, _: str, name: str, summary: str, severity: str | None, labels: str | None) -> None:
        """A real alert on its way through a real Alertmanager."""
        before = sum(one["events"] for one in self.server.api("/alerts"))
        labelled = dict(pair.split("=", 1) for pair in (labels or "").split())
        if severity:
            labelled["severity"] = severity
        alert = {"labels": {"alertname": name, **labelled}, "annotations": {"summary": summary}}
        self.monitor.post([alert])
        self._heard(before)

    def clears(self, _: str, name: str) -> None:
        """The alert is over at its source."""
        before = sum(one["events"] for one in self.server.api("/alerts"))
        held = [one for one in self.monitor.alerts() if one["labels"]["alertname"] == name]  # type: ignore[index]
        ended = [{"labels": one["labels"], "endsAt": _just_now()} for one in held]
        self.monitor.post(ended)
        self._heard(before)

    def _heard(self, before: int) -> None:
        def heard() -> bool:
            return sum(int(one["events"]) for one in self.server.api("/alerts")) > before

        assert eventually(heard, 15, every=0.05), f"the alert did not arrive\n{self.server.output()[-2000:]}"

    def acknowledges(self, person: str, how: str) -> None:
        """By the page's link, the API, or the command line."""
        match how:
            case "by the link":
                self.by_link(person, "acknowledge")
            case "at the command line":
                self.by_command(person, "ack", self.incident)
            case _:
                self.post(person, "/acknowledge")

    def ticks(self, person: str, title: str, outcome: str | None, how: str | None) -> None:
        """A step done by hand."""
        said = {"": "done", "in vain": "did_not_help", "as skipped": "skipped"}[outcome or ""]
        if how == "by the link":
            self.by_link(person, f"step/{self.step(title)}", outcome=said)
        elif how == "at the command line":
            self.by_command(person, "tick", self.step(title), "-i", self.incident, "--outcome", said)
        else:
            self.post(person, f"/steps/{self.step(title)}/tick", {"outcome": said})

    def enables(self, person: str, title: str) -> None:
        """A maintainer allows a step to be run."""
        service = self.about()["service"]
        path = f"/services/{service}/steps/{self.step(title)}/enable"
        self.server.api(path, {}, token=self.token(person))

    def runs(self, person: str, title: str) -> None:
        """The product runs an enabled step; the story goes on when it has ended."""
        step = self.step(title)
        self.post(person, f"/steps/{step}/run")

        def ended() -> bool:
            return any(one["id"] == step and one["outcome"] for one in self.about("/steps")["steps"])

        assert eventually(ended, 20, every=0.05), self.about("/steps")

    def refused(self, person: str, title: str, why: str) -> None:
        """The product says why it does not run a step."""
        answer = self.server.call(
            "POST", f"/api/v1/incidents/{self.incident}/steps/{self.step(title)}/run", {}, self.token(person)
        )
        assert answer.status == 409, answer
        assert why in answer.json()["detail"], answer.json()

    def notes(self, person: str, text: str, how: str | None) -> None:
        """Something for the timeline."""
        if how == "at the command line":
            self.by_command(person, "note", "-i", self.incident, text)
        elif how == "by the link":
            self.by_link(person, "note", text=text)
        else:
            self.post(person, "/note", {"text": text})

    def tells_team(self, person: str, text: str) -> None:
        """A status update inside."""
        self.post(person, "/update", {"text": text})

    def tells_customers(self, person: str, status: str, text: str, decided_by: str | None = None) -> None:
        """A public update in one's own words; where a level decides it, nothing goes out without its name."""
        components = list(re.findall(r"^\[component\.(\w+)\]", self.story.toml, re.MULTILINE))
        told = {"status": status, "text": text, "components": components}
        if decided_by:
            path = f"/api/v1/incidents/{self.incident}/customers"
            refused = self.server.call("POST", path, told, self.token(person))
            assert refused.status == 409, refused
            told["decided_by"] = decided_by
        self.post(person, "/customers", told)

    def tells_in_template(self, person: str, status: str, answers: str) -> None:
        """A public update in the runbook's words; what it leaves blank stops it until somebody fills it in."""
        prepared = self.about(f"/customers?status={status}")
        assert prepared["template"], f"the runbook has no words for {status}"
        text = prepared["text"]
        filled = dict(re.findall(r'(\[[^\]]+\]) is "([^"]*)"', answers))
        assert set(prepared["unfilled"]) == set(filled), prepared["unfilled"]
        if filled:
            path = f"/api/v1/incidents/{self.incident}/customers"
            refused = self.server.call("POST", path, {"status": status, "text": text}, self.token(person))
            assert refused.status == 409, refused
        for blank, answer in filled.items():
            text = text.replace(blank, answer)
        self.tells_customers(person, status, text)

    def severity(self, person: str, severity: str, reason: str) -> None:
        """The severity by a person's judgement."""
        self.by_command(person, "severity", "-i", self.incident, severity, reason)

    def escalates(self, person: str, reason: str) -> None:
        """The next level now."""
        self.post(person, "/escalate", {"reason": reason})

    def pages_person(self, person: str, target: str, reason: str) -> None:
        """Somebody by name."""
        self.post(person, "/page", {"target": target, "reason": reason})

    def takes_role(self, person: str, role: str) -> None:
        """A role of the response."""
        self.post(person, "/role", {"role": role})

    def opens(self, person: str, title: str) -> None:
        """Another procedure of the runbook."""
        services = {one["key"]: one["procedures"] for one in self.server.api("/services")}
        keys = {name: key for key, name in services[self.about()["service"]].items()}
        self.post(person, "/procedure", {"procedure": keys[title]})

    def mitigates(self, person: str, text: str) -> None:
        """The impact is over."""
        self.post(person, "/mitigate", {"text": text})

    def confirms(self, person: str, what: str) -> None:
        """A check, or all that are left."""
        for check in self.about()["checks"]:
            if not check["confirmed"] and (what == "every check" or check["text"] == what.strip('"')):
                self.post(person, "/confirm", {"check": check["id"]})

    def cannot_resolve(self, person: str) -> None:
        """While checks are open the incident is not over."""
        path = f"/api/v1/incidents/{self.incident}/resolve"
        answer = self.server.call("POST", path, {"summary": "done"}, self.token(person))
        assert answer.status == 409, answer
        assert answer.json()["reason"] == "unverified", answer.json()

    def resolves(self, person: str, summary: str) -> None:
        """It is over."""
        self.post(person, "/resolve", {"summary": summary})

    def reopens(self, person: str, reason: str) -> None:
        """It was not over."""
        self.by_command(person, "reopen", self.incident, reason)

    def saves_postmortem(self, person: str) -> None:
        """The draft with the answers of the people; before they are in, it cannot be published."""
        draft = self.about("/postmortem")
        answers = dict(self.story.answers)
        assert set(draft["blanks"]) == set(answers), f"blanks: {draft['blanks']}\n\n{draft['text']}"
        body = {"text": draft["text"], "version": draft["version"]}
        path = f"/incidents/{self.incident}/postmortem"
        token = self.token(person)
        saved = self.server.api(path, body, token=token, method="PUT")
        if answers:
            refused = self.server.call("POST", f"/api/v1{path}/publish", {}, self.server.admin)
            assert refused.status == 409, refused
        text = filled_in(draft["text"], self.story.answers)
        saved = self.server.api(
            path, {"text": text, "version": saved["version"]}, token=self.token(person), method="PUT"
        )
        assert saved["blanks"] == [], saved["blanks"]

    def publishes_postmortem(self, person: str) -> None:
        """The team can read it."""
        self.post(person, "/postmortem/publish")


def filled_in(text: str, answers: tuple[tuple[str, str], ...]) -> str:
    """A draft with its blanks filled: a bracketed one in its place, an empty section or label by text behind it."""
    lines = text.splitlines()
    for blank, answer in answers:
        what, _, heading = blank.partition(" under ")
        start = next((n for n, line in enumerate(lines) if heading and line.lstrip("# ").strip() == heading), 0)
        label = re.fullmatch(r"nothing after “(.+)”", what)
        labelled = rf"\s*(?:[-*+]\s+)?(?:\*\*)?{re.escape(label[1])}(?:\*\*)?:(?:\*\*)?\s*$" if label else ""
        for number in range(start, len(lines)):
            if what == "nothing written":
                lines[number] += f"\n\n{answer}"
                break
            if label and re.match(labelled, lines[number]):
                lines[number] += f" {answer}"
                break
            if not label and what in lines[number]:
                lines[number] = lines[number].replace(what, answer, 1)
                break
        else:
            raise AssertionError(f"no place for {blank!r} in\n{text}")
    return "\n".join(lines) + "\n"


Does = Callable[..., None]
HOW = r"(?: (by the link|at the command line))?"
ACTS: tuple[tuple[re.Pattern[str], Does], ...] = tuple(
    (re.compile(pattern), does)
    for pattern, does in (
        (r'monitor fires (\w+) "(.+?)"(?: as (\w+))?(?: with (.+))?', Play.fires),
        (r"monitor clears (\w+)", Play.clears),
        (r"acknowledges (by the link|by the API|at the command line)", Play.acknowledges),
        (r'ticks "(.+?)"(?: (in vain|as skipped))?' + HOW, Play.ticks),
        (r'enables "(.+?)"', Play.enables),
        (r'runs "(.+?)"', Play.runs),
        (r'cannot have "(.+?)" run, because "(.+?)"', Play.refused),
        (r'notes "(.+?)"' + HOW, Play.notes),
        (r'tells the team "(.+?)"', Play.tells_team),
        (r'tells customers (\w+) "(.+?)"(?: as (\w+) decided)?', Play.tells_customers),
        (r"tells customers (\w+) in the runbook's words(.*)", Play.tells_in_template),
        (r'sets the severity to (\S+) because "(.+?)"', Play.severity),
        (r'escalates because "(.+?)"', Play.escalates),
        (r'pages "(.+?)" because "(.+?)"', Play.pages_person),
        (r'takes the role "(.+?)"', Play.takes_role),
        (r'opens "(.+?)"', Play.opens),
        (r'mitigates "(.+?)"', Play.mitigates),
        (r"confirms (every check|\".+?\")", Play.confirms),
        (r"cannot resolve while checks are open", Play.cannot_resolve),
        (r'resolves "(.+?)"', Play.resolves),
        (r'reopens because "(.+?)"', Play.reopens),
        (r"saves the post-mortem", Play.saves_postmortem),
        (r"publishes the post-mortem", Play.publishes_postmortem),
    )
)


def settled_order(lines: list[str]) -> list[str]:
    """The lines with those sorted that happen side by side: pages that were sent or failed in the same minute."""
    ordered: list[str] = []
    for line in lines:
        place = len(ordered)
        while place and beside(line) and beside(ordered[place - 1]) and ordered[place - 1] > line:
            if ordered[place - 1][:5] != line[:5]:
                break
            place -= 1
        ordered.insert(place, line)
    return ordered


def beside(line: str) -> bool:
    """Whether a line tells what several threads do at once."""
    return bool(re.match(r"\d\d:\d\d(?:  Page (?:sent|failed|reached)| \w+: )", line))


def run_tocsin(
    *words: str, environment: dict[str, str] | None = None, folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    command = [str(Path(sys.executable).with_name("tocsin")), *words]
    return subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False
    )


@contextmanager
def playing(story: Story, runbook: Path, folder: Path) -> Iterator[Play]:
    """Set the stage: the team's configuration, a phone for each person, the process, and the monitor."""
    house = folder / "house"
    house.mkdir()
    shutil.copyfile(runbook, house / runbook.name)
    with webhook() as phones:
        environment = {name: f"{phones.url}/{person.lower()}" for name, person in PHONE.findall(story.toml)}
        with tocsin(house, story.toml, environment=environment, movable_clock=True) as server:
            source = server.api("/integrations/alertmanager")
            with alertmanager(folder, source["url"]) as monitor:
                yield Play(story, server, phones, monitor, _on_the_minute(server))


def _on_the_minute(server: Tocsin) -> datetime:
    """Move the clock to five seconds after the next full minute, and give that minute.

    What people do happens in the first seconds of a minute, and the deadlines that began with the alert follow.
    """
    now = datetime.fromisoformat(server.now())
    began = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    server.advance((began - now).total_seconds() + 5)
    return began


def _whole_minutes(found: re.Match[str]) -> str:
    return f"{int(found[1]) + (int(found[2]) >= 30)} min"


def _just_now() -> str:
    return datetime.now().astimezone().isoformat()
