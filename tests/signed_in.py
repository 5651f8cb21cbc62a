"""Somebody at the centre, signed in over HTTP as a browser does it: form token, Origin and cookies."""

import re
from collections.abc import Mapping

import httpx

FORM_TOKEN = re.compile(r'name="form_token" value="([0-9a-f]*)"')


class Console:
    """A session at the hub at `url`."""

    def __init__(self, url: str, name: str, password: str) -> None:
        self._client = httpx.Client(base_url=url.rstrip("/"), timeout=10)
        self._origin = url.rstrip("/")
        self.see("/signin")
        answer = self.send("/signin", {"name": name, "password": password, "next": "/stations"}, page="/signin")
        assert answer.headers.get("location") == "/stations", answer.text

    def ask(self, path: str) -> httpx.Response:
        """Return whatever is answered."""
        return self._client.get(path)

    def see(self, path: str) -> str:
        """Return a page, which must be there."""
        answer = self.ask(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
        return answer.text

    def send(self, path: str, fields: Mapping[str, str], *, page: str) -> httpx.Response:
        """Send a form that stands on `page`."""
        token = FORM_TOKEN.search(self.see(page))
        assert token, f"{page} has no form"
        return self._client.post(path, data={"form_token": token[1], **fields}, headers={"Origin": self._origin})

    def close(self) -> None:
        self._client.close()
