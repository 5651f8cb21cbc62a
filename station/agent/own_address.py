"""Under which address this station reaches its broker, and so where other villages may reach it."""

from typing import Any


def own_address(connection: Any) -> str:
    """Return the local address of a socket; empty where there is none, or none any more."""
    try:
        return "" if connection is None else str(connection.getsockname()[0])
    except OSError:
        return ""


def reflector_at(address: str, port: int) -> str:
    """Return `address:port` as a Birth says it; without an address, `:port`."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
