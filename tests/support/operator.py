"""An operator at the console, without a browser: signs in and posts the page's own forms."""

import re

import httpx

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Operator:
    """One signed-in session."""

    def __init__(self, base_url: str, username: str, password: str) -> None:
        self._client = httpx.Client(
            base_url=base_url, follow_redirects=True, headers={"Origin": base_url}, timeout=10
        )
        page = self._client.get("/console/login/").text
        answer = self._client.post(
            "/console/login/",
            data={
                "username": username,
                "password": password,
                "csrfmiddlewaretoken": self._token(page),
            },
        )
        assert answer.url.path == "/console/", f"sign-in failed: {answer.status_code}"

    def validate(self, reference: str) -> None:
        """Press "Valider" on the report's page."""
        digits = reference.replace("-", "")
        page = self._client.get(f"/console/reports/{digits}/").raise_for_status().text
        answer = self._client.post(
            f"/console/reports/{digits}/validate/", data={"csrfmiddlewaretoken": self._token(page)}
        )
        answer.raise_for_status()

    def send(self, path: str, *, form_on: str = "", **fields: str) -> httpx.Response:
        """Post to ``path`` a form that stands on it, or on the page ``form_on``."""
        page = self._client.get(form_on or path).raise_for_status().text
        sent = fields | {"csrfmiddlewaretoken": self._token(page)}
        return self._client.post(path, data=sent).raise_for_status()

    def page(self, path: str) -> str:
        """A page of the console."""
        return self._client.get(path).raise_for_status().text

    @staticmethod
    def _token(page: str) -> str:
        found = _TOKEN.search(page)
        assert found, "the page has no form"
        return found[1]
