"""Answers come back to the event loop by the batch, each to whom it belongs."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future

import pytest

from tocsin.errors import Unavailable
from tocsin.web.receipts import Receipts


def settled_later(futures: list[Future[int]]) -> threading.Thread:
    """Another thread settles them all: even ones are stored, odd ones are not."""

    def settle() -> None:
        for number, future in enumerate(futures):
            if number % 2:
                future.set_exception(Unavailable())
            else:
                future.set_result(number)

    thread = threading.Thread(target=settle)
    thread.start()
    return thread


def test_every_answer_comes_to_whom_it_belongs() -> None:
    """R1: stored is stored and refused is refused, for hundreds that are settled at once by another thread."""

    async def ask() -> list[int | BaseException]:
        receipts, futures = Receipts(), [Future[int]() for _ in range(500)]
        waiting = [receipts.of(future) for future in futures]
        thread = settled_later(futures)
        answers = await asyncio.gather(*waiting, return_exceptions=True)
        thread.join()
        return answers

    for number, answer in enumerate(asyncio.run(ask())):
        assert isinstance(answer, Unavailable) if number % 2 else answer == number


def test_a_batch_wakes_the_loop_once() -> None:
    """What is settled while the loop is busy is told in one turn of it."""

    async def ask() -> int:
        receipts, futures = Receipts(), [Future[int]() for _ in range(100)]
        loop, calls = asyncio.get_running_loop(), 0
        waiting = [receipts.of(future) for future in futures]
        plain = loop.call_soon_threadsafe

        def counted(*given: object, **named: object) -> object:
            nonlocal calls
            calls += 1
            return plain(*given, **named)  # type: ignore[arg-type]

        loop.call_soon_threadsafe = counted  # type: ignore[method-assign, assignment]
        settled_later(futures).join()  # the loop stands still meanwhile
        await asyncio.gather(*waiting, return_exceptions=True)
        return calls

    assert asyncio.run(ask()) == 1


def test_who_has_hung_up_keeps_nobody_waiting() -> None:
    """A cancelled request gets no answer, and the others get theirs."""

    async def ask() -> int:
        receipts, first, second = Receipts(), Future[int](), Future[int]()
        gone, waiting = receipts.of(first), receipts.of(second)
        gone.cancel()
        first.set_result(1)
        second.set_result(2)
        return await waiting

    assert asyncio.run(ask()) == 2


def test_a_loop_that_has_ended_leaves_the_next_one_its_answers() -> None:
    """An answer for a loop that is gone is dropped; the next loop hears of its own."""
    receipts, late = Receipts(), Future[int]()

    async def leave() -> None:
        receipts.of(late)

    asyncio.run(leave())
    late.set_result(1)

    async def ask() -> int:
        future: Future[int] = Future()
        waiting = receipts.of(future)
        future.set_result(2)
        return await asyncio.wait_for(waiting, 10)

    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()
    assert asyncio.run(ask()) == 2
