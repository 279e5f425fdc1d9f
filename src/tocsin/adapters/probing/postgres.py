"""PostgreSQL: sign in and ask for 1.

Loaded when the first probe needs it: the driver is the extra ``[postgres]`` and costs a start a tenth of a second.
"""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tocsin.adapters.probing.reaching import Bad, Deadline, Reach
from tocsin.alerts.probe import Probe


def look(probe: Probe, reach: Reach, deadline: Deadline) -> None:
    """SELECT 1 over a new connection. Raises Bad."""
    try:
        given = conninfo_to_dict(probe.address)
    except psycopg.ProgrammingError:
        raise Bad("its address is no address of PostgreSQL") from None
    host = str(given.get("host") or "")
    if "hostaddr" in given or "," in host or "service" in given:
        raise Bad("its address must name one host")
    attempts = 1
    if not host.startswith("/"):  # a socket of this machine has no address
        addresses = reach.addresses(host)
        attempts = len(addresses)
        given |= {"host": ",".join([host] * attempts), "hostaddr": ",".join(addresses)}
    given |= {"application_name": "tocsin-probe", "connect_timeout": max(2, round(deadline.left() / attempts))}
    asyncio.run(_asked(given, deadline))


async def _asked(given: dict[str, Any], deadline: Deadline) -> None:
    connection: psycopg.AsyncConnection[Any] | None = None
    try:
        async with asyncio.timeout(deadline.left()):
            connection = await psycopg.AsyncConnection.connect(**given, autocommit=True)
            row = await (await connection.execute("SELECT 1")).fetchone()
    except TimeoutError:
        raise Bad(f"no answer within {deadline.seconds:g} s") from None
    except psycopg.Error as error:
        raise Bad(_in_words(error)) from None
    finally:
        if connection is not None:
            await connection.close()
    if row != (1,):
        raise Bad("does not answer 1 to SELECT 1")


def _in_words(error: psycopg.Error) -> str:
    """The last line of what it says: those before repeat the address."""
    said = str(error).strip().splitlines()
    return (said[-1].strip() if said else type(error).__name__)[:300]
