"""A real pm2 with one application under it, as the thing that a runbook's lines restart, scale and delete."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.stage.child import eventually, free_port
from tests.stage.presence import require

NAME = "cookcam-api"
SERVER = """\
const io = require("{modules}/pm2/modules/pm2-io-bpm");
io.action("heapdump", (reply) => reply({{ written: true }}));
const server = require("http").createServer((request, response) => response.end("ok"));
server.listen(Number(process.env.SHOP_PORT), "127.0.0.1", () => console.log("listening"));
"""
ECOSYSTEM = """\
module.exports = {{
  apps: [{{ name: "{name}", script: "server.js", exec_mode: "cluster", instances: 1, cwd: "{folder}",
           env: {{ SHOP_PORT: "{port}" }} }}],
}};
"""
SECONDS = 60


class Pm2:
    """One daemon of pm2 with its own home; ``environment`` leads `pm2` to it."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.program = Path(require("pm2"))
        self.folder = folder
        self.environment = {"PM2_HOME": str(home), "PM2_DISABLE_VERSION_CHECK": "true"}

    def ask(self, *words: str, check: bool = True) -> str:
        """What pm2 prints on stdout; it is started if it does not run."""
        environment = {**os.environ, **self.environment}
        command = [str(self.program), *words]
        done = subprocess.run(
            command, env=environment, cwd=self.folder, capture_output=True, check=check, timeout=SECONDS
        )
        return done.stdout.decode()

    def names(self) -> list[str]:
        """The applications under it that are online."""
        listed = json.loads(self.ask("jlist", "--silent"))
        return sorted(one["name"] for one in listed if one["pm2_env"]["status"] == "online")

    def afresh(self) -> None:
        """Nothing under it but one instance of the application, whatever was there before."""
        self.ask("delete", "all", "--silent", check=False)
        self.ask("start", "ecosystem.config.js", "--silent")
        assert eventually(lambda: self.names() == [NAME], SECONDS), self.ask("logs", "--nostream")


@contextmanager
def pm2(folder: Path, home: Path) -> Iterator[Pm2]:
    """Run the application of ``folder`` under a pm2 whose home is the other folder.

    Beside the file that pm2 reads as configuration lies the one that the runbook names, which it does not.
    """
    running = Pm2(folder, home)
    modules = running.program.parents[1]
    ecosystem = ECOSYSTEM.format(name=NAME, folder=folder, port=free_port())
    (folder / "server.js").write_text(SERVER.format(modules=modules))
    for name in ("ecosystem.config.js", "ecosystem.config.production.js"):
        (folder / name).write_text(ecosystem)
    try:
        running.afresh()
        yield running
    finally:
        running.ask("kill", "--silent", check=False)
