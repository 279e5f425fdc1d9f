"""A real nginx: a reverse proxy in front of a server, or a server of files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.stage.child import Child, child, free_port, listens
from tests.stage.presence import require

CONFIG = """
daemon off;
master_process off;
pid {directory}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 256; }}
http {{
  {http}
  access_log off;
  client_body_temp_path {directory}/nginx-body;
  proxy_temp_path {directory}/nginx-proxy;
  fastcgi_temp_path {directory}/nginx-fastcgi;
  uwsgi_temp_path {directory}/nginx-uwsgi;
  scgi_temp_path {directory}/nginx-scgi;
  types {{ text/html html; text/css css; application/json json; image/svg+xml svg; application/rss+xml rss; }}
  server {{
    listen 127.0.0.1:{port};
    {body}
  }}
}}
"""

PROXY = """
    location / {{
      proxy_pass {upstream};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto http;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_read_timeout 60s;
    }}
"""


class Nginx:
    """A running nginx."""

    def __init__(self, url: str, process: Child) -> None:
        self.url = url
        self.process = process


@contextmanager
def nginx(
    directory: Path,
    *,
    upstream: str | None = None,
    root: Path | None = None,
    server: str = "",
    http: str = "",
    port: int = 0,
) -> Iterator[Nginx]:
    """Run nginx before ``upstream`` (a URL) or over the files of ``root``, on a free port if none is given.

    ``server`` and ``http`` add directives of one's own at their levels.
    """
    program = require("nginx")
    port = port or free_port()
    body = server
    if root is not None:
        body += f"\n    root {root};"
    if upstream is not None:
        body += PROXY.format(upstream=upstream)
    config = directory / "nginx.conf"
    config.write_text(CONFIG.format(directory=directory, port=port, body=body, http=http), encoding="utf-8")
    command = [program, "-c", str(config), "-p", str(directory), "-e", "stderr"]
    with child(command, log=directory / "nginx.log", ready=lambda: listens(port)) as process:
        yield Nginx(f"http://127.0.0.1:{port}", process)
