"""Accounts of the demo's centre: one of each role, all with one random password that is printed once."""

import secrets
import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

from demo.processes import ENDS_WITH_US, READY_WITHIN_S, ProcessError, tool

ACCOUNTS: Final = (
    ("operator", "演示值班员"), ("supervisor", "演示督导员"), ("technician", "演示运维员"),
    ("administrator", "演示管理员"), ("viewer", "演示查看员"),
)  # fmt: skip
"""Role, which is the user name too, and the full name; nobody real."""
AT_ONCE: Final = 2
_SIGNS: Final = "abcdefghjkmnpqrstuvwxyz23456789"


class Accounts:
    """Makes the accounts by `hub user`, beside whatever else comes up."""

    def __init__(self, hub_config: Path, say: Callable[[str], None]) -> None:
        """Take the hub's settings file, and where to tell of a step."""
        self._config, self._say = hub_config, say
        letters = "".join(secrets.choice(_SIGNS) for _ in range(16))
        self.password = "-".join(letters[start : start + 4] for start in range(0, 16, 4))
        self._made: list[Future[None]] = []

    @property
    def names(self) -> Sequence[str]:
        """The user names."""
        return [role for role, _ in ACCOUNTS]

    def begin(self) -> None:
        """Begin to make them; whoever begins waits."""
        self._say(f"accounts 账号: {', '.join(self.names)}")
        pool = ThreadPoolExecutor(AT_ONCE)
        self._made = [pool.submit(self._make, role, full_name) for role, full_name in ACCOUNTS]
        pool.shutdown(wait=False)

    def wait(self) -> None:
        """Return once all are there. Raises ProcessError E-DEMO-07."""
        for made in self._made:
            made.result()

    def _make(self, role: str, full_name: str) -> None:
        added = self._hub("add", role, "--full-name", full_name, "--unit", "演示", "--role", role)
        if added.returncode and b"E-USER-02" in added.stderr:  # of a demo before, in a folder that was kept
            added = self._hub("password", role)
        if added.returncode:
            said = added.stderr.decode("utf-8", "replace").strip()
            raise ProcessError(f"E-DEMO-07 no account '{role}' could be made 未能新建账号: {said}")

    def _hub(self, command: str, name: str, *more: str) -> subprocess.CompletedProcess[bytes]:
        options = ["--config", str(self._config), "--by", "演示 demo", "--stdin"]
        return subprocess.run(
            [*ENDS_WITH_US, tool("hub"), "user", command, name, *more, *options],
            input=f"{self.password}\n".encode(),
            capture_output=True,
            timeout=READY_WITHIN_S * 3,
            check=False,
        )
