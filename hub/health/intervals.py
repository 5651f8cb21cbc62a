"""Sets of time as sorted spans that neither overlap nor touch (pure). A span holds its beginning, not its end."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from operator import itemgetter

Span = tuple[int, int]
"""From and until, in ms."""


def union(spans: Iterable[Span]) -> list[Span]:
    """Return all that any of these spans holds; one that ends before it begins holds nothing."""
    merged: list[Span] = []
    for from_ms, until_ms in sorted(span for span in spans if span[0] < span[1]):
        if merged and from_ms <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], until_ms))
        else:
            merged.append((from_ms, until_ms))
    return merged


def common(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """Return what both sets hold."""
    if len(one) == 1:
        return _within(other, one[0])
    if len(other) == 1:
        return _within(one, other[0])
    both: list[Span] = []
    i = j = 0
    while i < len(one) and j < len(other):
        from_ms, until_ms = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if from_ms < until_ms:
            both.append((from_ms, until_ms))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return both


def _within(spans: Sequence[Span], whole: Span) -> list[Span]:
    """Return what lies within one span: all but the first and the last is as it was."""
    from_ms, until_ms = whole
    inner = list(
        spans[bisect_right(spans, from_ms, key=itemgetter(1)) : bisect_left(spans, until_ms, key=itemgetter(0))]
    )
    if inner and until_ms > from_ms:
        inner[0] = (max(inner[0][0], from_ms), inner[0][1])
        inner[-1] = (inner[-1][0], min(inner[-1][1], until_ms))
        return inner
    return []


def without(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """Return what `one` holds and `other` does not."""
    if not other:
        return list(one)
    left: list[Span] = []
    j = 0
    for from_ms, until_ms in one:
        while j < len(other) and other[j][1] <= from_ms:
            j += 1
        begin_ms, k = from_ms, j
        while k < len(other) and other[k][0] < until_ms:
            if begin_ms < other[k][0]:
                left.append((begin_ms, other[k][0]))
            begin_ms = max(begin_ms, other[k][1])
            k += 1
        if begin_ms < until_ms:
            left.append((begin_ms, until_ms))
    return left


def length_ms(spans: Iterable[Span]) -> int:
    """Return how long it is in all."""
    return sum(until_ms - from_ms for from_ms, until_ms in spans)
