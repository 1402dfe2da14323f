"""Awaiting the coroutines of one selection set or list together."""

from __future__ import annotations

from asyncio import Task, create_task, gather
from typing import Any


async def select_later(results: Any, pending: list[Any]) -> Any:
    """Awaits the coroutines at the pending keys of a dict or indices of a list, concurrently, and puts them in place."""
    if len(pending) == 1:
        results[pending[0]] = await results[pending[0]]
        return results
    tasks: list[Task[Any]] = [create_task(results[key]) for key in pending]
    try:
        for key, value in zip(pending, await gather(*tasks), strict=True):
            results[key] = value
        return results
    finally:
        if not all(task.done() for task in tasks):
            for task in tasks:
                task.cancel()
            await gather(*tasks, return_exceptions=True)
