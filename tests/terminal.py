"""A real program in a real pseudo-terminal, read as a person reads the screen."""

import fcntl
import os
import pty
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence

import pyte


class Terminal:
    """Runs `command` on a pty of `columns` by `rows`; `close` leaves no process."""

    def __init__(
        self, command: Sequence[str], *, columns: int = 85, rows: int = 20, env: Mapping[str, str] | None = None
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._fed = threading.Condition()
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.process = subprocess.Popen(
            list(command),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(env or {})},
        )
        os.close(slave)
        self._master = master
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def text(self) -> str:
        """Return the screen as lines of text."""
        with self._fed:
            return self._lines()

    def page(self, drawn: Callable[[pyte.Screen], str]) -> str:
        """Return what `drawn` makes of the screen as it is now."""
        with self._fed:
            return drawn(self.screen)

    def press(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def wait_for(self, *texts: str, within_s: float = 10.0) -> str:
        """Return the screen once it shows every one of `texts`; fail with the screen when it does not in time."""
        return self.wait_until(lambda shown: all(text in shown for text in texts), f"{texts}", within_s)

    def wait_until(self, right: Callable[[str], bool], what: str, within_s: float = 10.0) -> str:
        deadline = time.monotonic() + within_s
        with self._fed:
            while True:
                shown = self._lines()
                if right(shown):
                    return shown
                left = deadline - time.monotonic()
                if left <= 0 or not self._fed.wait(left):
                    ended = self.process.poll()
                    raise AssertionError(f"not shown within {within_s} s: {what}; exit {ended}; the screen:\n{shown}")

    def vanish(self) -> None:
        """Let the terminal be gone, as when its window or line is; the program still runs."""
        # The descriptor stays, for `close`: whatever is read or written through it now is lost.
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, self._master)
        os.close(nowhere)

    def close(self) -> None:
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(5)
        except ProcessLookupError:
            pass
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._reader.join(2)
        os.close(self._master)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _lines(self) -> str:
        # Not `display`: it fails on the half of a wide character that was partly drawn over.
        rows = (self.screen.buffer[y] for y in range(self.screen.lines))
        return "\n".join("".join(row[x].data for x in range(self.screen.columns)) for row in rows)

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._master, 65536)
            except OSError:
                data = b""
            if not data:
                return
            with self._fed:
                self._stream.feed(data)
                self._fed.notify_all()
