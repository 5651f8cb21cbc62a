"""After a visit: nothing that was on the screen may stay in a cache of the screen's libraries."""

import gc
import sys
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

LIBRARIES: Final = ("textual", "rich")


def forget_shown() -> None:
    """Empty every memory of Textual and Rich (they key by the text shown), then collect the screens that are gone."""
    for clear in _memo_clears():
        clear()
    gc.collect()


@cache
def _memo_clears() -> list[Callable[[], None]]:
    return list(_find_memo_clears())


def _find_memo_clears() -> Iterator[Callable[[], None]]:
    """Find what functools.lru_cache wraps, in modules and in their classes."""
    seen: set[int] = set()
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] not in LIBRARIES:
            continue
        for thing in list(vars(module).values()):
            inside = list(vars(thing).values()) if isinstance(thing, type) else [thing]
            for candidate in inside:
                function = getattr(candidate, "__func__", getattr(candidate, "fget", candidate))
                clear = getattr(function, "cache_clear", None)
                if callable(clear) and id(function) not in seen:
                    seen.add(id(function))
                    yield clear
