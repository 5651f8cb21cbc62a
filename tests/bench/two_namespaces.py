"""Two network namespaces with a cable between them whose losses nftables makes and counts: Linux, as root."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple, Self

NET = "198.18.77"
"""Of the range for benchmarks (RFC 2544): never on anybody's network."""
NEAR, FAR = f"{NET}.1", f"{NET}.2"
OUT_OF = 10_000


class RefusedError(Exception):
    """What this machine does not allow."""


def run(*command: str, text: str | None = None) -> str:
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RefusedError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


class Namespace(NamedTuple):
    """One side; what arrives there is lost by chance."""

    name: str

    def command(self, *words: str) -> list[str]:
        return ["ip", "netns", "exec", self.name, *words]

    def lose(self, share: float) -> Self:
        """Drop this share of the UDP packets that arrive."""
        rule = f"meta l4proto udp numgen random mod {OUT_OF} < {round(share * OUT_OF)} counter drop"
        table = f"table inet loss {{\nchain arrive {{\ntype filter hook input priority 0\n{rule}\n}}\n}}\n"
        run(*self.command("nft", "-f", "-"), text=table)
        return self

    def lost(self) -> int:
        """Return how many were dropped."""
        rules = json.loads(run(*self.command("nft", "-j", "list", "chain", "inet", "loss", "arrive")))["nftables"]
        [counter] = [
            part["counter"] for each in rules if "rule" in each for part in each["rule"]["expr"] if "counter" in part
        ]
        return int(counter["packets"])


@contextmanager
def two_namespaces() -> Iterator[tuple[Namespace, Namespace]]:
    """Give a near and a far side, with the addresses NEAR and FAR.

    Raises RefusedError with the reason where that cannot be.
    """
    missing = [tool for tool in ("ip", "nft") if shutil.which(tool) is None]
    if missing or os.geteuid() != 0:
        raise RefusedError(f"needs root and the tools ip and nft (Debian: iproute2, nftables); missing: {missing}")
    sides = [Namespace(f"{side}-{os.getpid()}") for side in ("near", "far")]
    with ExitStack() as stack:
        for side in sides:
            run("ip", "netns", "add", side.name)
            stack.callback(run, "ip", "netns", "del", side.name)
        ends = [f"stamp{number}" for number in range(2)]
        run(
            "ip",
            "link",
            "add",
            ends[0],
            "netns",
            sides[0].name,
            "type",
            "veth",
            "peer",
            ends[1],
            "netns",
            sides[1].name,
        )
        for side, end, address in zip(sides, ends, (NEAR, FAR), strict=True):
            run("ip", "-n", side.name, "address", "add", f"{address}/30", "dev", end)
            run("ip", "-n", side.name, "link", "set", end, "up")
        yield sides[0], sides[1]
