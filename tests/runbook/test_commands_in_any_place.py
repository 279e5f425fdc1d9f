"""Commands in every place in which runbooks write them, and what looks like one and is none."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook

COMMANDS: dict[str, tuple[str, int]] = {
    "fence sh": ("```sh\ndf -h\ndu -sh /var/log\n```\n", 2),
    "fence none": ("```\ndf -h\ndu -sh /var/log\n```\n", 2),
    "fence console": (
        ("```console\n$ df -h\nFilesystem Size Used\n/dev/sda1 20G 19G\n$ du -sh /var/log\n2.3G /var/log\n```\n"),
        2,
    ),
    "fence shell-session": ("```shell-session\n$ df -h\n/dev/sda1 20G 19G\n```\n", 1),
    "fence text prompt": ("```text\n$ df -h\n/dev/sda1  20G  19G\n```\n", 1),
    "prompt root": ("```\nroot@mill:~# df -h\nroot@mill:~# du -sh /var/log\n```\n", 2),
    "prompt user": ("```\nada@mill:~$ df -h\n```\n", 1),
    "prompt [user]": ("```\n[ada@mill ~]$ df -h\n[ada@mill ~]# systemctl restart mill\n```\n", 2),
    "prompt %": ("```zsh\n% df -h\n```\n", 1),
    "prompt >": ("```powershell\nPS C:\\> Get-Service mill\nPS C:\\> Restart-Service mill\n```\n", 2),
    "powershell": ("```powershell\nGet-Service mill\nRestart-Service mill\n```\n", 2),
    "continuation": ("```bash\ncurl -sf \\\n  -H 'Accept: application/json' \\\n  https://mill.test/health\n```\n", 1),
    "heredoc": (("```bash\ncat <<'EOF' > /tmp/mill.conf\nwheel = 2\nstone = 1\nEOF\nsystemctl restart mill\n```\n"), 2),
    "loop": ("```bash\nfor n in 1 2 3; do\n  ping -c1 mill$n\ndone\n```\n", 1),
    "if": ("```bash\nif ! systemctl is-active mill; then\n  systemctl restart mill\nfi\n```\n", 1),
    "pipe over lines": ("```bash\njournalctl -u mill --since '1 hour ago' |\n  grep -i error |\n  tail -20\n```\n", 1),
    "multi-line quoted": ('```bash\npsql -c "SELECT count(*)\n  FROM grain\n  WHERE wet"\n```\n', 1),
    "sql fence": ("```sql\nSELECT count(*) FROM grain WHERE wet;\n```\n", 1),
    "comments": (
        ("```bash\n# look at the disks\ndf -h\n\n# look at the logs\ndu -sh /var/log # the big one\n```\n"),
        2,
    ),
    "inline item": ("- Run `df -h`\n- Then `du -sh /var/log`\n", 2),
    "inline sentence": ("Check the disks with `df -h` and the logs with `du -sh /var/log`.\n", 2),
    "inline ordered": ("1. `df -h`\n2. `du -sh /var/log`\n", 2),
    "inline label": ("**Check**: `df -h`\n\n**Fix**: `systemctl restart mill`\n", 2),
    "inline dash": ("- `df -h` — disks\n- `du -sh /var/log` — logs\n", 2),
    "inline colon": ("- Disks: `df -h`\n- Logs: `du -sh /var/log`\n", 2),
    "table cell": ("| Step | Command |\n|---|---|\n| Disks | `df -h` |\n| Logs | `du -sh /var/log` |\n", 2),
    "table plain": ("| Step | Command |\n|---|---|\n| Disks | df -h |\n| Logs | du -sh /var/log |\n", 2),
    "indented": ("Look:\n\n    df -h\n    du -sh /var/log\n", 2),
    "nested fence": (
        (
            "1. Look at the disks:\n   ```bash\n   df -h\n   ```\n2. Look at the logs:\n   ```bash\n"
            "   du -sh /var/log\n   ```\n"
        ),
        2,
    ),
    "quote fence": ("> ```bash\n> df -h\n> ```\n", 1),
    "tilde fence": ("~~~bash\ndf -h\n~~~\n", 1),
    "fence attrs": ("```{.bash .numberLines}\ndf -h\n```\n", 1),
    "fence title": ('```bash title="disks"\ndf -h\n```\n', 1),
    "html pre": ("<pre>\ndf -h\ndu -sh /var/log\n</pre>\n", 2),
    "html pre code": ("<pre><code>df -h\ndu -sh /var/log</code></pre>\n", 2),
    "html code": ("<p>Run <code>df -h</code></p>\n", 1),
    "details": ("<details>\n<summary>How</summary>\n\n```bash\ndf -h\n```\n\n</details>\n", 1),
    "bare paragraph": ("Run:\n\ndf -h\n", 1),
    "bare prompt": ("$ df -h\n\n$ du -sh /var/log\n", 2),
    "task list": ("- [ ] `df -h`\n- [ ] `du -sh /var/log`\n", 2),
    "sudo": ("```bash\nsudo systemctl restart mill\nsudo -u mill mill-ctl reload\n```\n", 2),
    "env": ("```bash\nMILL_ENV=prod ./scripts/restart.sh\n```\n", 1),
    "path": ("```bash\n./restart.sh --all\n/opt/mill/bin/restart\n```\n", 2),
    "and": ("```bash\ncd /opt/mill && git pull && make restart\n```\n", 1),
    "semicolon": ("```bash\ndf -h; du -sh /var/log\n```\n", 1),
    "bat": ("```bat\nnet stop mill\nnet start mill\n```\n", 2),
    "docker compose": ("```bash\ndocker compose ps\ndocker compose restart web\n```\n", 2),
    "mixed text": ("```\nIf the disk is full:\n  df -h\n  du -sh /var/log\n```\n", 2),
    "output after blank": ("```bash\ndf -h\n\n# Output:\n# /dev/sda1 20G\n```\n", 1),
    "expected": ('```bash\ncurl -s https://mill.test/health\n# Expected: {"status":"ok"}\n```\n', 1),
    "expected output plain": ('```\ncurl -s https://mill.test/health\n{"status":"ok"}\n```\n', 1),
    "arrow out": ("```bash\nsystemctl is-active mill  # → active\n```\n", 1),
    "redis repl": ("```bash\nredis-cli INFO memory\nredis-cli --latency\n```\n", 2),
    "psql meta": ("```bash\npsql -c '\\dt'\n```\n", 1),
    "placeholders": ("```bash\nkubectl logs <pod> -n <namespace>\nkubectl delete pod {pod}\n```\n", 2),
    "ellipsis": ("```bash\ndf -h\n...\ndu -sh /var/log\n```\n", 2),
    "curl multi json": (
        ('```bash\ncurl -X POST https://mill.test/api/stop -d \'{\n  "wheel": 1,\n  "why": "smoke"\n}\'\n```\n'),
        1,
    ),
    "python -c": ('```bash\npython3 -c "\nimport mill\nmill.stop()\n"\n```\n', 1),
    "ssh quoted": ("```bash\nssh mill1 'df -h && du -sh /var/log'\n```\n", 1),
    "numbered in fence": ("```\n1. df -h\n2. du -sh /var/log\n```\n", 2),
    "windows": ("```cmd\nipconfig /flushdns\n```\n", 1),
    "aws": ("`aws s3 ls s3://mill-backups/ --recursive | tail -5`\n", 1),
    "two inline": ("Run `systemctl stop mill`, then `systemctl start mill`.\n", 2),
    "ja": ("`df -h` でディスクを確認し、`systemctl restart mill` で再起動する。\n", 2),
    "zh": ("执行 `df -h` 查看磁盘，然后 `systemctl restart mill`。\n", 2),
    "zh list": ("1. 查看磁盘：`df -h`\n2. 重启服务：`systemctl restart mill`\n", 2),
    "ru": ("Проверьте диск командой `df -h`, затем `systemctl restart mill`.\n", 2),
}
"""What is written below an incident, and how many statements of it can be run."""

NONE = {
    "names": "The service `nginx` and the table `grain` belong to `mill-api`.\n",
    "paths": "Logs are in `/var/log/mill.log`, settings in `config/mill.yaml`.\n",
    "endpoint": "It answers at `GET /health` and `https://mill.test/health`.\n",
    "env": "Set `MILL_ENV=prod` in `.env`.\n",
    "status": "It says `502 Bad Gateway` or `ECONNREFUSED`.\n",
    "json": '```json\n{"wheel": 1, "status": "ok"}\n```\n',
    "yaml": "```yaml\nwheel: 1\nstone: 2\n```\n",
    "log": ("```\n2026-04-02 10:00:01 ERROR mill: wheel stopped\n2026-04-02 10:00:02 ERROR mill: wheel stopped\n```\n"),
    "log2": ('```\n[ERROR] wheel stopped\nTraceback (most recent call last):\n  File "mill.py", line 3\n```\n'),
    "promql": "```promql\nrate(grain_total[5m]) > 0.1\n```\n",
    "promql text": '```\nsum(rate(http_requests_total{code=~"5.."}[5m])) by (job)\n```\n',
    "logql": '```\n{app="mill"} |= "error"\n```\n',
    "python": "```python\nimport mill\nmill.stop()\n```\n",
    "diagram": "```\nmill -> stone -> sack\n   |\n   v\n  door\n```\n",
    "mermaid": "```mermaid\ngraph TD\nA-->B\n```\n",
    "message": "```\nWe are looking into slow grinding.\nNext update at 10:00.\n```\n",
    "keys": "Press `Ctrl+C`, then `Enter`.\n",
    "branch": "Merge `main` into `release/2`.\n",
    "version": "Needs `v1.2.3` of `mill`.\n",
    "column": "| Setting | Default |\n|---|---|\n| `wheel.speed` | `12` |\n| `stone.gap` | `0.4` |\n",
    "metric": "Watch `mill_wheel_speed` and `mill:grain:rate5m`.\n",
    "http": "```http\nGET /health HTTP/1.1\nHost: mill.test\n```\n",
    "tool": "Use `kubectl` or `psql` from the jump host.\n",
    "slack cmd": "Type `/incident declare` in Slack.\n",
    "regex": "Matches `^mill-[0-9]+$`.\n",
    "nginx conf": "```nginx\nserver { listen 80; }\n```\n",
    "ini": "```ini\n[mill]\nwheel = 1\n```\n",
    "dockerfile": "```dockerfile\nFROM debian\nRUN apt-get install mill\n```\n",
    "tree": "```\nmill/\n├── wheel.py\n└── stone.py\n```\n",
    "csv": "```csv\nname,phone\nada,1\n```\n",
}
"""Names, files, settings, logs, queries, drawings and messages."""


def commands(body: str) -> list[str]:
    """Those of an incident of which this is told."""
    text = f"# Mill\n\n## Common incidents\n\n### Disk full\n\n**Symptoms**: nothing grinds\n\n{body}"
    (procedure,) = compile_runbook(text.encode(), path="runbook.md").procedures
    return [step.command.text for step in procedure.steps if step.command is not None]


@pytest.mark.parametrize("place", COMMANDS)
def test_a_command_is_found_wherever_it_stands(place: str) -> None:
    """Every statement is one command, without its prompt, what it printed and what was left out."""
    body, count = COMMANDS[place]
    found = commands(body)
    assert len(found) == count, found
    assert not [one for one in found if one.startswith(("$ ", "% ", "#")) or not one.strip(".…")]


@pytest.mark.parametrize("place", NONE)
def test_what_is_no_command_is_never_run(place: str) -> None:
    """Nothing that only looks like code becomes a step to run."""
    assert commands(NONE[place]) == []
