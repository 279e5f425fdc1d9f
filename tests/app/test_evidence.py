"""Evidence first: what only looks runs by itself when its procedure opens, once, side by side, bounded."""

from __future__ import annotations

from tests.app.shop import ANA, BO, RUNBOOK, SECOND, Said, Shop, notification
from tocsin.app.execution.evidence import AT_MOST
from tocsin.app.ports import Execution
from tocsin.app.wording import page_text
from tocsin.incident.commands import Resolve
from tocsin.incident.effects import EffectKind
from tocsin.incident.step_facts import EvidenceGathered, StepOutcome, StepStarted
from tocsin.incident.target import LOCAL, Target

PSQL = 'psql -h <db-host> -c "SELECT 1"'


def house() -> Shop:
    """A shop with everything enabled that may be."""
    shop = Shop()
    for title in ("uptime", "tail -f /var/log/shop.log", PSQL, "systemctl restart checkout", "redis-cli FLUSHALL"):
        shop.enable(title)
    return shop


def opened(shop: Shop) -> None:
    """An incident with its procedure open."""
    shop.incidents.declare(ANA, "Checkout is down", "shop", severity="P0", procedure="checkout-down")


def looked(shop: Shop) -> list[str]:
    """What ran by itself."""
    return [fact.title for fact in shop.facts() if isinstance(fact, StepStarted) and fact.evidence]


def test_what_only_looks_runs_by_itself_when_its_procedure_opens() -> None:
    """Before anybody has acknowledged; nothing that changes, that has a blank, or that nobody enabled."""
    shop = house()
    opened(shop)
    shop.work()
    assert looked(shop) == ["uptime", "tail -f /var/log/shop.log"]
    assert shop.incident().acknowledged_by is None
    assert {one.outcome for one in shop.incident().evidence()} == {StepOutcome.SUCCEEDED}


def test_an_alert_that_matches_is_enough() -> None:
    """A monitor's words open the procedure; nobody has touched anything."""
    shop = house()
    shop.hear(notification(Said()))
    shop.pass_time(SECOND)
    assert looked(shop) == ["uptime", "tail -f /var/log/shop.log"]


def test_evidence_is_gathered_once() -> None:
    """Opening the same procedure again, another process, a restart: nothing is looked at again."""
    shop = house()
    opened(shop)
    shop.work()
    shop.incidents.open_procedure(BO, "INC-1", "checkout-down")
    shop.courier_of("two").carry()
    shop.work()
    assert len(looked(shop)) == 2
    assert len(shop.runner.runs) == 2


def test_all_of_it_is_started_together() -> None:
    """Side by side: the courier has all rows at once, and as many threads as may run."""
    shop = house()
    opened(shop)
    shop.courier.carry()
    assert len(shop.entries(EffectKind.STEP)) == 2


def test_a_halt_keeps_the_evidence_from_being_gathered() -> None:
    """Nothing runs; the entry is done with, so that nothing comes late either."""
    shop = house()
    shop.halting.halt(BO, "maintenance")
    opened(shop)
    shop.work()
    shop.halting.resume(BO)
    shop.work()
    assert looked(shop) == []


def test_no_evidence_is_gathered_where_nothing_may_run_or_somebody_was_faster() -> None:
    """Execution is switched off; the incident is over; a person has looked already, and what they saw stays."""
    off = house()
    off.change_team(commands_enabled=False)
    opened(off)
    off.work()
    assert (looked(off), off.runner.runs) == ([], [])
    over = house()
    opened(over)
    over.incidents.act(ANA, "INC-1", Resolve("it was the network", override="seen"))
    over.work()
    assert (looked(over), over.entries(EffectKind.STEP)) == ([], [])
    faster = house()
    opened(faster)
    faster.steps.tick(ANA, "INC-1", faster.enable("uptime"), StepOutcome.DONE, "it is busy")
    faster.work()
    assert looked(faster) == ["tail -f /var/log/shop.log"]


def test_what_a_section_on_verification_names_is_no_evidence() -> None:
    """It is looked at after the work, also where it is written before it."""
    section = b"**Verification:**\n```bash\nfree -m\n```\n\n**Resolution:**"
    shop = Shop(RUNBOOK.replace(b"**Resolution:**", section))
    steps = shop.playbooks.of("shop").playbook.steps().values()
    shop.enable_step(next(step.id for step in steps if step.command and step.command.text == "free -m"))
    opened(shop)
    shop.work()
    assert looked(shop) == []


def test_the_evidence_is_summed_up_in_the_channel_and_on_later_pages() -> None:
    """What did not look well is named where people read first."""
    shop = house()
    shop.runner.plan(Execution((1,), "load average: 97.2\n", False, False, 0.1))
    opened(shop)
    shop.pass_time(3 * SECOND)
    (gathered,) = [fact for fact in shop.facts() if isinstance(fact, EvidenceGathered)]
    assert (gathered.looked, gathered.troubled) == (2, ("uptime",))
    said = [text for call in shop.chat.calls for text in call.payload if "Evidence for" in text]  # type: ignore[attr-defined]
    assert len(said) == 1
    assert "✗ uptime: exit 1: load average: 97.2" in said[0]
    with shop.store.read() as tx:
        playbook = shop.playbooks.pinned(tx, shop.incident().playbook)
    page = page_text(shop.incident(), playbook, "on call", shop.clock.now().tzinfo, shop.clock.now())  # type: ignore[arg-type]
    assert "✗ uptime: exit 1: load average: 97.2" in page
    assert "✓ tail -f /var/log/shop.log" in page


def test_what_stands_after_a_change_is_no_evidence() -> None:
    """A look after the restart is there to verify it: run before, it would say nothing and be ticked off."""
    shop = house()
    shop.change_team(targets={"local": LOCAL, "prod": Target("prod", hosts=("shop-server",))})
    shop.enable("df -h")
    opened(shop)
    shop.work()
    assert "df -h" not in looked(shop)


def test_what_stands_under_a_condition_is_no_evidence() -> None:
    """Not even looking is done unasked where the document says when: a person says that it holds."""
    shop = Shop(RUNBOOK.replace(b"uptime\ntail", b"uptime  # never during the sale\ntail"))
    for title in ("uptime", "tail -f /var/log/shop.log"):
        shop.enable(title)
    opened(shop)
    shop.work()
    assert looked(shop) == ["tail -f /var/log/shop.log"]


def test_evidence_is_bounded() -> None:
    """A procedure with a hundred looks starts a dozen by itself, the first of them; the rest waits for a person."""
    looks = "\n".join(f"uptime --since={n}" for n in range(100))
    shop = Shop(RUNBOOK.replace(b"uptime\ntail", f"{looks}\ntail".encode()))
    steps = {step.command.text: step for step in shop.playbooks.of("shop").playbook.steps().values() if step.command}
    wanted = [steps[f"uptime --since={n}"] for n in range(100)]
    for step in wanted:
        shop.enable_step(step.id)
    opened(shop)
    shop.work()
    started = [fact.step for fact in shop.facts() if isinstance(fact, StepStarted)]
    assert started == [step.id for step in wanted[:AT_MOST]]
    assert 0 < AT_MOST < 20
