"""A property that is worked out once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

_T = TypeVar("_T")


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
