"""A service's own health addresses, played here under whatever name and port a runbook has for them."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

CERTIFICATE = Path(__file__).parents[1] / "adapters" / "localhost.pem"


class Service:
    """What was asked for, and how `curl` is led here: ``curl_home`` goes into its variable CURL_HOME."""

    def __init__(self, curl_home: Path) -> None:
        self.curl_home = curl_home
        self.asked: list[tuple[str, str]] = []

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """Answers everything, and keeps by what name and path it was asked."""
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                service.asked.append((self.headers["Host"], self.path))
                body = b'{"status": "ok", "database": {"connections": 3}}'
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body)

            do_HEAD = do_GET

            def log_message(self, *_: Any) -> None:
                """Nothing on the terminal."""

        return Handler


@contextmanager
def health(directory: Path) -> Iterator[Service]:
    """Answer on loopback, plain and with TLS; `curl` takes every name for this one."""
    service = Service(directory)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    with ExitStack() as stack:
        plain, secure = (
            stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), service.handler())) for _ in range(2)
        )
        secure.socket = context.wrap_socket(secure.socket, server_side=True)
        for server in (plain, secure):
            thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
            thread.start()
            stack.callback(thread.join, 10)
            stack.callback(server.shutdown)
        (directory / ".curlrc").write_text(
            f'connect-to = ":443:127.0.0.1:{secure.server_port}"\nconnect-to = "::127.0.0.1:{plain.server_port}"\n'
            "insecure\nsilent\nshow-error\n"
        )
        yield service
