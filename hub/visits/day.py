"""The county's day: the whole of China keeps UTC+8 and no summer time."""

DAY_MS = 86_400_000
CHINA_AHEAD_MS = 8 * 3_600_000


def day_start_ms(at_ms: int) -> int:
    """Return when the county's day that holds `at_ms` began."""
    return (at_ms + CHINA_AHEAD_MS) // DAY_MS * DAY_MS - CHINA_AHEAD_MS
