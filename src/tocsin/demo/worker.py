"""The worker of the demo's shop: answers requests, with a real bug in its checkout.

``/`` sells, ``/orders`` takes an order (POST) or counts them, ``/health`` says whether customers can be served,
``/panel`` is the staff's page with the button that lets the bug out. Started by ``shop.py`` with the listening socket.
"""

from __future__ import annotations

import html
import json
import os
import queue
import socket
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs

from tocsin.clock import SystemClock
from tocsin.demo.shop import DATABASE, LOG, POOL

SIZE = 8
WAIT = 1.0
"""Seconds that a customer waits for a connection before being turned away."""
PRODUCTS = (("Bell, brass", 48), ("Bell, iron", 31), ("Rope, 10 m", 12))
EXPIRED = "SPRING"


class PoolExhausted(Exception):
    """Nobody gave a connection back in time."""


class Pool:
    """A handful of database connections; its state is written down at every change, for whoever investigates."""

    def __init__(self, folder: Path) -> None:
        self._state = folder / POOL
        self._lock = threading.Lock()
        self._free: queue.Queue[sqlite3.Connection] = queue.Queue()
        self.turned_away = 0
        for _ in range(SIZE):
            self._free.put(sqlite3.connect(folder / DATABASE, check_same_thread=False, isolation_level=None))
        self.note()

    @property
    def in_use(self) -> int:
        """How many connections are out."""
        return SIZE - self._free.qsize()

    def take(self, wait: float = WAIT) -> sqlite3.Connection:
        """A connection, or PoolExhausted after so many seconds."""
        try:
            connection = self._free.get(timeout=wait)
        except queue.Empty:
            self.turned_away += 1
            self.note()
            raise PoolExhausted(f"all {SIZE} connections are in use") from None
        self.note()
        return connection

    def give_back(self, connection: sqlite3.Connection) -> None:
        """Put a connection back."""
        self._free.put(connection)
        self.note()

    @contextmanager
    def connection(self, wait: float = WAIT) -> Iterator[sqlite3.Connection]:
        """A connection for the length of a block."""
        connection = self.take(wait)
        try:
            yield connection
        finally:
            self.give_back(connection)

    def state(self) -> dict[str, int]:
        """The pool in numbers."""
        return {"pid": os.getpid(), "size": SIZE, "in_use": self.in_use, "turned_away": self.turned_away}

    def note(self) -> None:
        """Write the state down, whole: a reader never sees half of it."""
        with self._lock:
            fresh = self._state.with_suffix(".new")
            fresh.write_text(json.dumps(self.state()) + "\n", encoding="ascii")
            fresh.replace(self._state)


class Worker:
    """What the shop does, apart from HTTP."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / LOG
        self._clock = SystemClock()
        with sqlite3.connect(folder / DATABASE) as database:
            database.execute("create table if not exists orders (id integer primary key, product text, price integer)")
        self.pool = Pool(folder)
        self.log("INFO", f"worker {os.getpid()} started with {SIZE} connections")

    def log(self, level: str, text: str) -> None:
        """Append a line to the shop's log."""
        with self._log.open("a", encoding="utf-8") as file:
            file.write(f"{self._clock.now():%Y-%m-%dT%H:%M:%SZ} {level} {text}\n")

    def count(self) -> int:
        """How many orders there are."""
        with self.pool.connection() as connection:
            return int(connection.execute("select count(*) from orders").fetchone()[0])

    def check_out(self, product: str, coupon: str = "") -> int:
        """Take an order; the number it gets. Raises KeyError for what is not sold, ValueError for a bad coupon."""
        price = dict(PRODUCTS)[product]
        connection = self.pool.take()
        if coupon:
            # The demo's bug: the connection is taken before the coupon is looked at, and lost when it is refused.
            self._refuse(coupon)
        row = connection.execute("insert into orders (product, price) values (?, ?) returning id", (product, price))
        number = int(row.fetchone()[0])
        self.pool.give_back(connection)
        return number

    def break_down(self) -> None:
        """A newsletter goes out with last season's coupon: a customer for each connection there is."""
        self.log("INFO", f"newsletter sent with coupon {EXPIRED}")
        for _ in range(SIZE):
            threading.Thread(target=self._use_coupon, daemon=True).start()

    def _use_coupon(self) -> None:
        try:
            self.check_out(PRODUCTS[0][0], EXPIRED)
        except (ValueError, PoolExhausted):
            return

    def _refuse(self, coupon: str) -> None:
        self.log("ERROR", f"checkout failed: coupon {coupon} has expired; its connection was not returned")
        raise ValueError(f"the coupon {coupon} has expired")


class Handler(BaseHTTPRequestHandler):
    """HTTP for the worker."""

    worker: ClassVar[Worker]
    protocol_version = "HTTP/1.1"
    timeout = 15

    def do_GET(self) -> None:
        """Show a page or a state; changes nothing."""
        match self.path.partition("?")[0]:
            case "/health":
                self._health()
            case "/orders":
                self._guarded(lambda: self._json(200, {"orders": self.worker.count()}))
            case "/":
                self._guarded(lambda: self._page("shop.html", orders=str(self.worker.count()), products=_products()))
            case "/panel":
                state = self.worker.pool.state()
                full = state["in_use"] >= state["size"]
                verdict = "Customers are being turned away." if full else "The shop is open."
                self._page("panel.html", verdict=verdict, state=json.dumps(state), tone="bad" if full else "good")
            case _:
                self._json(404, {"error": "there is no such page"})

    def do_POST(self) -> None:
        """Take an order, or break the shop."""
        fields = parse_qs(self.rfile.read(min(int(self.headers.get("Content-Length") or 0), 4096)).decode())
        match self.path:
            case "/orders":
                product, coupon = fields.get("product", [""])[0], fields.get("coupon", [""])[0]
                self._guarded(lambda: self._json(201, {"order": self.worker.check_out(product, coupon)}))
            case "/panel/break":
                self.worker.break_down()
                self.send_response(303)
                self.send_header("Location", "/panel")
                self.send_header("Content-Length", "0")
                self.end_headers()
            case _:
                self._json(404, {"error": "there is no such page"})

    def _health(self) -> None:
        try:
            with self.worker.pool.connection(wait=0.3) as connection:
                connection.execute("select 1")
            self._json(200, {"status": "ok", **self.worker.pool.state()})
        except PoolExhausted as trouble:
            self._json(503, {"status": "failing", "reason": str(trouble), **self.worker.pool.state()})

    def _guarded(self, answer: Callable[[], None]) -> None:
        try:
            answer()
        except PoolExhausted as trouble:
            self.worker.log("WARN", f"{self.command} {self.path}: 503, {trouble}")
            self._json(503, {"error": str(trouble)})
        except KeyError:
            self._json(404, {"error": "this is not sold here"})
        except ValueError as refused:
            self._json(422, {"error": str(refused)})

    def _page(self, name: str, **filled: str) -> None:
        text = files("tocsin.demo").joinpath("pages", name).read_text("utf-8")
        for key, value in filled.items():
            text = text.replace(f"{{{{{key}}}}}", value)
        self._send(200, "text/html; charset=utf-8", text.encode())

    def _json(self, status: int, value: object) -> None:
        self._send(status, "application/json", json.dumps(value).encode() + b"\n")

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing on the terminal: the shop has its log."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: customers go away in the middle of things."""


def _products() -> str:
    row = '<li><button name="product" value="{0}">Order</button> {0} <b>€ {1}</b></li>'
    return "".join(row.format(html.escape(name), price) for name, price in PRODUCTS)


def _follow_parent() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)


def main() -> None:
    """Serve from the folder's database on an inherited socket."""
    Handler.worker = Worker(Path(sys.argv[1]))
    server = _Server(("127.0.0.1", 0), Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = socket.socket(fileno=int(sys.argv[2]))
    threading.Thread(target=_follow_parent, daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    main()
