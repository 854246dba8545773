"""Waiting for a condition, with a bound. Nothing in the tests sleeps for a guessed time."""

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


class NeverHappened(AssertionError):
    """A condition did not come true in time."""


def eventually(condition: Callable[[], Value], what: str, seconds: float = 20, *, every: float = 0.02) -> Value:
    """Polls `condition` until it returns something true, and returns that. `every`: seconds between two looks.

    Raises NeverHappened naming `what` (a phrase such as "agent-2 holds the layer") after `seconds`.
    """
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise NeverHappened(f"not within {seconds:g} s: {what}")
        time.sleep(every)
