"""The builder with few words, for tests that start it as a process."""

import sys
from pathlib import Path

from station.kiosk.entry.build_pinyin import build

if __name__ == "__main__":
    sys.exit(0 if build(Path(sys.argv[1]), sys.argv[2:], rarest=350) else 1)
