"""Properties and answers that are worked out once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Generic, TypeVar, overload

_T = TypeVar("_T")
_V = TypeVar("_V")


def remembered_with(work_out: Callable[[_V], _T]) -> Callable[[_V], _T]:
    """A function of one value that keeps its answer in the value's own dictionary: it goes when the value goes."""
    name = work_out.__qualname__

    @wraps(work_out)
    def answer(value: _V) -> _T:
        known: dict[str, Any] = value.__dict__
        try:
            found: _T = known[name]
        except KeyError:
            found = known[name] = work_out(value)
        return found

    return answer


class remembered(Generic[_T]):
    """``functools.cached_property`` without its lock, which Python 3.11 takes for every value of every line.

    Two threads that ask at once may both work it out; the values here are the same whoever does.
    """

    def __init__(self, work_out: Callable[[Any], _T]) -> None:
        self.work_out = work_out
        self.name = work_out.__name__
        self.__doc__ = work_out.__doc__

    @overload
    def __get__(self, instance: None, owner: type[Any]) -> remembered[_T]: ...
    @overload
    def __get__(self, instance: object, owner: type[Any]) -> _T: ...
    def __get__(self, instance: object | None, owner: type[Any]) -> remembered[_T] | _T:
        """The value, which stands in the instance's own dictionary from now on and is found there first."""
        if instance is None:
            return self
        value = instance.__dict__[self.name] = self.work_out(instance)
        return value
