"""The hub's interface as a script of the county would use it."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any


class HubApi:
    """Reads `/api/v1` and `/healthz` of the hub at `url`."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url.rstrip("/")
        self._token = token

    def open(self, path: str, within_s: float = 5.0) -> Any:
        """Ask with the token; return the answer, to be read and closed."""
        request = urllib.request.Request(self._url + path, headers={"Authorization": f"Bearer {self._token}"})
        return urllib.request.urlopen(request, timeout=within_s)

    def get(self, path: str) -> Any:
        with self.open(path) as answer:
            return json.load(answer)

    def get_or_none(self, path: str) -> Any:
        """Return None while the hub is away."""
        try:
            return self.get(path)
        except (OSError, urllib.error.URLError):
            return None

    def wait_for(self, path: str, right: Callable[[Any], bool], within_s: float = 20.0, every_s: float = 0.05) -> Any:
        """Return the answer once it is `right`."""
        deadline = time.monotonic() + within_s
        answer = None
        while time.monotonic() < deadline:
            answer = self.get_or_none(path)
            if answer is not None and right(answer):
                return answer
            time.sleep(every_s)
        raise AssertionError(f"{path} not as awaited within {within_s} s; last: {str(answer)[:500]}")

    def wait_healthy(self) -> None:
        self.wait_for("/healthz", lambda _: True)

    def state_of(self, station: str) -> str:
        return str(self.get(f"/api/v1/stations/{station}")["state"])

    def wait_state(self, station: str, state: str, within_s: float = 20.0) -> Any:
        return self.wait_for(f"/api/v1/stations/{station}", lambda answer: answer["state"] == state, within_s)

    def counts(self) -> dict[str, int]:
        return dict(self.get("/api/v1/summary")["stations"])

    def visits(self) -> list[dict[str, Any]]:
        """Return every visit, page by page."""
        visits: list[dict[str, Any]] = []
        path = "/api/v1/visits?limit=500"
        while True:
            page = self.get(path)
            visits += page["visits"]
            if page["next"] is None:
                return visits
            path = f"/api/v1/visits?limit=500&before={page['next']}"
