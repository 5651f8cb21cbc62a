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
_SIGNS: Final = "abcdefghjkmnpqrstuvwxyz23456789"


class Accounts:
    """Makes the accounts by `hub user`, beside whatever else comes up."""

    def __init__(self, hub_config: Path, say: Callable[[str], None]) -> None:
        """Take the hub's settings file, and where to tell of a step."""
        self._config, self._say = hub_config, say
        letters = "".join(secrets.choice(_SIGNS) for _ in range(16))
        self.password = "-".join(letters[start : start + 4] for start in range(0, 16, 4))
        self._made: Future[None] | None = None

    @property
    def names(self) -> Sequence[str]:
        """The user names."""
        return [role for role, _ in ACCOUNTS]

    def begin(self) -> None:
        """Begin to make them; whoever begins waits."""
        self._say(f"accounts 账号: {', '.join(self.names)}")
        pool = ThreadPoolExecutor(1)
        self._made = pool.submit(self._make)
        pool.shutdown(wait=False)

    def wait(self) -> None:
        """Return once all are there. Raises ProcessError E-DEMO-07."""
        if self._made is not None:
            self._made.result()

    def _make(self) -> None:
        rows = "".join(f"{role},{full_name},演示,{role},\n" for role, full_name in ACCOUNTS)
        listed = self._config.parent / "accounts.csv"
        listed.write_text(f"name,full_name,unit,role,towns\n{rows}", "utf-8")
        made = [self._hub("import", str(listed))]
        if made[0].returncode and b"E-USER-02" in made[0].stderr:  # of a demo before, in a folder that was kept
            made = [self._hub("password", role) for role in self.names]
        for one in made:
            if one.returncode:
                said = one.stderr.decode("utf-8", "replace").strip()
                raise ProcessError(f"E-DEMO-07 no accounts could be made 未能新建账号: {said}")

    def _hub(self, command: str, subject: str) -> subprocess.CompletedProcess[bytes]:
        options = ["--config", str(self._config), "--by", "演示 demo", "--stdin"]
        return subprocess.run(
            [*ENDS_WITH_US, tool("hub"), "user", command, subject, *options],
            input=f"{self.password}\n".encode(),
            capture_output=True,
            timeout=READY_WITHIN_S * 3,
            check=False,
        )
