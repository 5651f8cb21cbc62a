"""What stands in the memory of a running program: in use, or freed and not overwritten."""

from collections.abc import Sequence
from pathlib import Path


def remembered(pid: int, texts: Sequence[str]) -> dict[str, int]:
    """Return how often each of `texts` stands in what the process `pid` may write, as UTF-8 or as UTF-16."""
    forms = {text: {text.encode(), text.encode("utf-16-le")} for text in texts}
    times = dict.fromkeys(texts, 0)
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            place, rights, *_ = line.split()
            if "rw" not in rights:
                continue
            begin, end = (int(address, 16) for address in place.split("-"))
            memory.seek(begin)
            try:
                held = memory.read(end - begin)
            except OSError:  # unmapped meanwhile
                continue
            for text in texts:
                times[text] += sum(held.count(form) for form in forms[text])
    return times
