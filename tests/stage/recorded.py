"""Programs that cannot be had where tests run, played by what was recorded of them: kubectl, docker, supabase.

A stand-in answers the commands that it knows, word by word, and refuses every other one as the program itself would;
what it was asked is written down. It says nothing about a cluster: only that the right words reach the right program.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

KUBECTL = {
    "get pods": "NAME        READY   STATUS             RESTARTS\napi-7d9c5   0/1     CrashLoopBackOff   12\n",
    "get pods --all-namespaces": "NAMESPACE   NAME        READY   STATUS\ndefault     api-7d9c5   0/1     Pending\n",
    "get nodes": "NAME     STATUS     ROLES    AGE   VERSION\nnode-1   Ready      <none>   90d   v1.31.2\n",
    "top pods": "NAME                CPU(cores)   MEMORY(bytes)\napi-7d9c5b8d4-x2x   970m         510Mi\n",
    "logs": "2026-11-21T03:09:12Z error: connection refused\n",
    "rollout history": "REVISION  CHANGE-CAUSE\n41        release 41\n42        release 42\n",
    "rollout undo": "deployment.apps/app rolled back\n",
    "rollout restart": "deployment.apps/app restarted\n",
    "scale deployment": "deployment.apps/app scaled\n",
}
DOCKER = {"stats --no-stream": "CONTAINER ID   NAME   CPU %    MEM USAGE\n5f3c           api    97.10%   510MiB\n"}
COMPOSE = {"down": "Container api  Removed\n", "pull": "api Pulled\n", "up -d": "Container api  Started\n"}
SUPABASE = {"db rollback": "Rolled back the last migration\n"}
RECORDED: Mapping[str, Mapping[str, str]] = {
    "kubectl": KUBECTL,
    "docker": DOCKER,
    "docker-compose": COMPOSE,
    "supabase": SUPABASE,
}

PROGRAM = """\
#!{python} -I
import json, pathlib, sys
recorded = json.loads({recorded!r})
said = " ".join(sys.argv[1:])
with open({log!r}, "a", encoding="utf-8") as log:
    log.write({name!r} + " " + said + "\\n")
words = max((known for known in recorded if said == known or said.startswith(known + " ")), key=len, default=None)
if words is None:
    sys.exit('error: unknown command "' + said + '" for {name}')
sys.stdout.write(recorded[words])
"""


def stand_ins(folder: Path, log: Path) -> None:
    """Put the stand-ins into a folder of programs; each command is a line of ``log``."""
    for name, recorded in RECORDED.items():
        text = PROGRAM.format(python=sys.executable, recorded=json.dumps(recorded), log=str(log), name=name)
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
