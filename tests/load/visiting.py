"""People with a browser, as far as the wire can tell: they sign in with both steps, and read pages."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import re
import struct
import time
from typing import Any
from urllib.parse import urlencode

from tests.load.running import Running

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def code_of(secret: str, at: float | None = None) -> str:
    """The six digits of an authenticator app (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    counter = struct.pack(">Q", int((time.time() if at is None else at) // 30))
    digest = hmac.digest(key, counter, hashlib.sha1)
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


class Visitor:
    """One browser at one portal."""

    def __init__(self, server: Running, portal: str, *, timeout: float = 60) -> None:
        self._server, self._timeout = server, timeout
        self.host = next(one["host"] for one in server.world["portals"] if one["key"] == portal)
        self.cookies: dict[str, str] = {}
        self._streams: list[http.client.HTTPResponse] = []

    def asks(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Status and body of one request, redirects not followed."""
        link = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=self._timeout)
        try:
            body = None if fields is None else urlencode(fields)
            link.request(method, path, body, self._headers(fields is not None))
            answer = link.getresponse()
            for name, value in answer.getheaders():
                if name.lower() == "set-cookie":
                    key, _, rest = value.partition("=")
                    self.cookies[key] = rest.partition(";")[0]
            return answer.status, answer.read()
        finally:
            link.close()

    def gets(self, path: str) -> bytes:
        """A page that must be there."""
        status, body = self.asks("GET", path)
        assert status == 200, f"{path}: {status}"
        return body

    def signs_in(self, person: dict[str, Any]) -> None:
        """With password and code."""
        self._sends("/sign-in/", {"login": person["username"], "password": person["password"]})
        status, _ = self._sends("/sign-in/code/", {"code": code_of(person["totp_secret"])})
        assert status == 302, f"{person['username']} could not sign in: {status}"

    def tries(self, username: str, password: str) -> int:
        """The status of an attempt to sign in."""
        return self._sends("/sign-in/", {"login": username, "password": password})[0]

    def listens(self, *authorizations: str) -> http.client.HTTPConnection:
        """The connection of an open /live stream; close it to stop listening."""
        link = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=self._timeout)
        named = "&".join(f"authorization={key}" for key in authorizations)
        link.request("GET", f"/live?{named}", headers=self._headers(False))
        answer = link.getresponse()
        if answer.status != 200:
            link.close()
            raise AssertionError(f"/live: {answer.status}")
        self._streams.append(answer)  # a response that is forgotten is closed
        return link

    def _sends(self, path: str, fields: dict[str, str]) -> tuple[int, bytes]:
        token = _TOKEN.search(self.gets(path).decode())
        assert token, f"{path} has no form"
        return self.asks("POST", path, {"csrfmiddlewaretoken": token[1], **fields})

    def _headers(self, form: bool) -> dict[str, str]:
        head = {"Host": self.host, "Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items())}
        if form:
            head |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self.host}"}
        return head
