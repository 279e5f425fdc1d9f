"""Every route of the pages in one table, each with what it needs. What is not here does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.app.access import Permission
from tocsin.web.guard import Door, Entry, Handler
from tocsin.web.pages import (
    home,
    maintenance,
    oncall,
    people,
    phone,
    postmortem,
    probes,
    report,
    respond,
    runbooks,
    running,
    signing_in,
    silences,
    sources,
    subscribe,
    subscribers,
    tell,
    weekly_test,
)

READ, RESPOND, RUN = Permission.READ, Permission.RESPOND, Permission.RUN_STEP
PUBLISH, MAINTAIN, ADMIN = Permission.PUBLISH, Permission.MAINTAIN, Permission.ADMINISTER

_ACTS: tuple[tuple[str, Permission, Handler], ...] = (
    ("acknowledge", RESPOND, respond.acknowledge),
    ("note", RESPOND, respond.note),
    ("update", RESPOND, respond.update),
    ("escalate", RESPOND, respond.escalate),
    ("severity", RESPOND, respond.severity),
    ("procedure", RESPOND, respond.procedure),
    ("role", RESPOND, respond.role),
    ("step/{step}", RESPOND, respond.tick),
    ("step/{step}/choose", RESPOND, running.choose),
    ("step/{step}/judge", RESPOND, running.judge),
    ("step/{step}/wait", RESPOND, running.wait),
    ("question/{step}", RESPOND, respond.answer),
    ("check", RESPOND, respond.check),
    ("mitigate", RESPOND, respond.mitigate),
    ("reopen", RESPOND, respond.reopen),
)
"""What can be done on the Respond page, from a session or from a page's signed link."""


def _respond() -> Iterator[Entry]:
    for base, link in (("/i/{incident}", False), ("/p/{token}", True)):
        yield Entry("GET", base, READ, respond.show, link=link)
        yield Entry("GET", f"{base}/runbook", READ, runbooks.pinned, link=link)
        yield Entry("GET", f"{base}/resolve", RESPOND, respond.show_resolve, link=link)
        yield Entry("POST", f"{base}/resolve", RESPOND, respond.resolve, respond.show_resolve, link=link)
        for act, needs, handler in _ACTS:
            yield Entry("POST", f"{base}/{act}", needs, handler, respond.show, link=link)
        yield Entry("GET", f"{base}/step/{{step}}/run", READ, running.show, link=link)
        yield Entry("POST", f"{base}/step/{{step}}/run", RUN, running.run, running.show, link=link)
        yield Entry("GET", f"{base}/run/{{run}}", READ, running.output, link=link)
        yield Entry("GET", f"{base}/run/{{run}}/output.txt", READ, running.download, link=link)
        yield Entry("POST", f"{base}/run/cancel", RUN, running.cancel, respond.show, link=link)
        yield Entry("POST", f"{base}/run/decline", RUN, running.decline, respond.show, link=link)
    yield Entry("POST", "/i/{incident}/run/approve", Permission.APPROVE_STEP, running.approve, respond.show)


ROUTES: tuple[Entry, ...] = (
    Entry("GET", "/sign-in", Door.ANYBODY, signing_in.show),
    Entry("POST", "/sign-in", Door.ANYBODY, signing_in.sign_in, signing_in.show),
    Entry("GET", "/login/once", Door.ANYBODY, signing_in.show_once),
    Entry("POST", "/login/once", Door.ANYBODY, signing_in.sign_in_once, signing_in.show),
    Entry("POST", "/sign-out", READ, signing_in.sign_out),
    Entry("GET", "/", READ, home.show),
    Entry("GET", "/incidents", READ, home.listing),
    Entry("POST", "/incidents/acknowledge", RESPOND, respond.acknowledge_many),
    Entry("GET", "/declare", RESPOND, respond.declare_form),
    Entry("POST", "/declare", RESPOND, respond.declare, respond.declare_form),
    *_respond(),
    Entry("GET", "/t/{token}", Door.ANYBODY, weekly_test.show),
    Entry("POST", "/t/{token}", Door.ANYBODY, weekly_test.confirm),
    Entry("GET", "/i/{incident}/tell", PUBLISH, tell.show),
    Entry("POST", "/i/{incident}/tell", PUBLISH, tell.post, tell.show),
    Entry("GET", "/i/{incident}/tell/{audience}", RESPOND, tell.show_audience),
    Entry("POST", "/i/{incident}/tell/{audience}", RESPOND, tell.post_audience, tell.show_audience),
    Entry("GET", "/i/{incident}/postmortem", READ, postmortem.show),
    Entry("POST", "/i/{incident}/postmortem", RESPOND, postmortem.save, postmortem.show),
    Entry("POST", "/i/{incident}/postmortem/publish", MAINTAIN, postmortem.publish, postmortem.show),
    Entry("GET", "/r", READ, runbooks.listing),
    Entry("GET", "/r/{service}", READ, runbooks.show),
    Entry("POST", "/r/{service}/duties", RESPOND, runbooks.do_duty, runbooks.show),
    Entry("POST", "/r/{service}/step/{step}/enable", MAINTAIN, runbooks.enable, runbooks.show),
    Entry("POST", "/r/{service}/step/{step}/disable", MAINTAIN, runbooks.disable, runbooks.show),
    Entry("GET", "/sources", READ, sources.listing),
    Entry("GET", "/sources/{name}", MAINTAIN, sources.show),
    Entry("POST", "/sources/{name}/test", MAINTAIN, sources.send_test, sources.show),
    Entry("POST", "/sources/{name}/sample", MAINTAIN, sources.sample, sources.show),
    Entry("GET", "/report/{place}", Door.ANYBODY, report.show),
    Entry("POST", "/report/{place}", Door.ANYBODY, report.send, report.show),
    Entry("GET", "/subscribe", Door.ANYBODY, subscribe.show),
    Entry("POST", "/subscribe", Door.ANYBODY, subscribe.ask, subscribe.show, foreign=True),
    Entry("GET", "/subscribe/{token}", Door.ANYBODY, subscribe.show_wish),
    Entry("POST", "/subscribe/{token}", Door.ANYBODY, subscribe.confirm),
    Entry("GET", "/unsubscribe/{token}", Door.ANYBODY, subscribe.show_leaving),
    Entry("POST", "/unsubscribe/{token}", Door.ANYBODY, subscribe.leave, foreign=True),
    Entry("GET", "/probes", READ, probes.listing),
    Entry("POST", "/probes", MAINTAIN, probes.add, probes.listing),
    Entry("POST", "/probes/{name}/remove", MAINTAIN, probes.remove, probes.listing),
    Entry("POST", "/probes/{name}/test", MAINTAIN, probes.send_test, probes.listing),
    Entry("POST", "/r/halt", MAINTAIN, running.halt, runbooks.listing),
    Entry("POST", "/r/resume", MAINTAIN, running.resume, runbooks.listing),
    Entry("POST", "/r/look", MAINTAIN, running.look, runbooks.listing),
    Entry("GET", "/oncall", READ, oncall.show),
    Entry("GET", "/oncall/feed/{token}", Door.ANYBODY, oncall.feed),
    Entry("POST", "/oncall/override", RESPOND, oncall.override, oncall.show),
    Entry("POST", "/oncall/override/{override}/end", RESPOND, oncall.end, oncall.show),
    Entry("POST", "/oncall/swap", RESPOND, oncall.swap, oncall.show),
    Entry("GET", "/silences", READ, silences.listing),
    Entry("GET", "/silences/new", RESPOND, silences.form),
    Entry("POST", "/silences", RESPOND, silences.make, silences.form),
    Entry("GET", "/silences/{silence}", READ, silences.show),
    Entry("POST", "/silences/{silence}/prolong", RESPOND, silences.prolong, silences.show),
    Entry("POST", "/silences/{silence}/end", RESPOND, silences.end, silences.show),
    Entry("GET", "/subscribers", MAINTAIN, subscribers.listing),
    Entry("POST", "/subscribers", MAINTAIN, subscribers.invite, subscribers.listing),
    Entry("POST", "/subscribers/{subscriber}/end", MAINTAIN, subscribers.end, subscribers.listing),
    Entry("GET", "/maintenance", READ, maintenance.listing),
    Entry("GET", "/maintenance/new", PUBLISH, maintenance.form),
    Entry("POST", "/maintenance", PUBLISH, maintenance.plan, maintenance.form),
    Entry("GET", "/maintenance/{maintenance}", READ, maintenance.show),
    Entry("POST", "/maintenance/{maintenance}/tell", PUBLISH, maintenance.tell, maintenance.show),
    Entry("POST", "/maintenance/{maintenance}/move", PUBLISH, maintenance.move, maintenance.show),
    Entry("POST", "/maintenance/{maintenance}/end", PUBLISH, maintenance.end, maintenance.show),
    Entry("POST", "/maintenance/{maintenance}/cancel", PUBLISH, maintenance.cancel, maintenance.show),
    Entry("GET", "/phone", READ, phone.show),
    Entry("POST", "/phone/see", READ, phone.see, phone.show),
    Entry("GET", "/account", READ, people.account),
    Entry("POST", "/account/password", READ, people.change_password, people.account),
    Entry("POST", "/account/tokens", READ, people.create_token, people.account),
    Entry("POST", "/account/tokens/{token_id}/revoke", READ, people.revoke_token, people.account),
    Entry("POST", "/account/test", READ, people.try_mine, people.account),
    Entry("POST", "/account/devices", READ, people.add_device, people.account),
    Entry("POST", "/account/devices/{device}/remove", READ, people.remove_device, people.account),
    Entry("GET", "/admin/users", ADMIN, people.users),
    Entry("POST", "/admin/users", ADMIN, people.add_user, people.users),
    Entry("POST", "/admin/users/{handle}", ADMIN, people.change_user, people.users),
    Entry("POST", "/admin/users/{handle}/link", ADMIN, people.user_link, people.users),
    Entry("GET", "/admin/audit", ADMIN, people.audit),
)

STREAMS = ("/live", "/i/{incident}/live", "/p/{token}/live")
"""Event streams; each needs READ and looks again at every update whether its viewer still has it."""
ASSETS = "/static/{name:path}"
"""Our own style sheets and scripts: the same for everybody."""
EVERYTHING: dict[tuple[str, str], Permission | Door] = {
    **{(one.method, one.path): one.needs for one in ROUTES},
    **{("GET", path): READ for path in STREAMS},
    ("GET", ASSETS): Door.ANYBODY,
}
"""By method and path: what each route needs. A test holds the site against it."""
