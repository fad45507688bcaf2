"""A resident's own space over HTTP, without a browser: pages, their forms posted as they are."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_HIDDEN = re.compile(r'<input type="hidden" name="(key|price)" value="([^"]+)"')


class ResidentSpace:
    """One browser: its cookies, and no script."""

    def __init__(self, base_url: str) -> None:
        self._client = httpx.Client(base_url=base_url, follow_redirects=True, timeout=20)

    def close(self) -> None:
        self._client.close()

    def get(self, path: str) -> str:
        """A page that answers 200."""
        answer = self._client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[-2000:]}"
        return answer.text

    def send(self, path: str, **fields: str) -> str:
        """Post the form of a page, with what stands hidden in it; the page that follows."""
        page = self.get(path)
        token = _TOKEN.search(page)
        assert token, f"{path} has no form"
        hidden = dict(_HIDDEN.findall(page))
        answer = self._client.post(path, data={"csrfmiddlewaretoken": token[1]} | hidden | fields)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[-2000:]}"
        return answer.text

    def sign_in(self, number: str, next_code: Callable[[], str]) -> str:
        """Their space, after a code to their phone."""
        self.send("/mon-espace/connexion/", phone=number)
        return self.send("/mon-espace/connexion/code/", code=next_code())
