"""Calls the HTTP interface of one platform over connections that stay open, and returns what became of each call.

    api = ApiClient("https://open.feishu.cn")
    answer = api.call("POST", "/open-apis/im/v1/messages", json={...}, headers={...})
    if answer.outcome is PostOutcome.SENT: answer.data["code"] …

The server is a platform's own, named by the program or by whoever set up the channel, never by a message; addresses
that messages name go through ``http_client.fetch``. Nothing is raised for what the server does. No cookie is kept,
no redirect followed, and neither proxy nor certificate taken from the environment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from config.json_text import parse_json_object
from storage.web.guarded_transport import trusted_context
from storage.web.http_results import FailureReason, PostOutcome, post_outcome, retry_after_seconds

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
MAX_ANSWER_BYTES = 1_000_000
KEEPALIVE_SECONDS = 60.0
CONNECTIONS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiAnswer:
    """What became of one call."""

    outcome: PostOutcome
    why: FailureReason | None = None
    status: int = 0
    data: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The JSON object of the answer; empty where it has none."""
    content: bytes = field(default=b"", repr=False)
    retry_after: float | None = None
    """Seconds the server asks to wait."""


class ApiClient:
    """Calls one server; may be used from several threads. Call ``close`` when done."""

    def __init__(self, server: str, *, read_seconds: float = READ_SECONDS) -> None:
        self._client = httpx.Client(
            base_url=server.rstrip("/"),
            verify=trusted_context(),
            timeout=httpx.Timeout(read_seconds, connect=CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=CONNECTIONS, keepalive_expiry=KEEPALIVE_SECONDS),
            headers={"User-Agent": "gongkai"},
            trust_env=False,
            follow_redirects=False,
        )

    def __repr__(self) -> str:
        return "ApiClient()"  # the library's client shows its headers

    def call(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        fields: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes]] | None = None,
        most: int = MAX_ANSWER_BYTES,
    ) -> ApiAnswer:
        """Make one call and read at most ``most`` bytes of its answer.

        ``json`` is sent as the body, or ``fields`` and ``files`` (name and content) as a form.
        """
        request = self._client.build_request(
            method, path, json=json, params=params, headers=headers, data=fields, files=files
        )
        try:
            response = self._client.send(request, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            return ApiAnswer(outcome=PostOutcome.NOT_ATTEMPTED, why=FailureReason.NO_CONNECTION)
        except httpx.TimeoutException:
            return ApiAnswer(outcome=PostOutcome.UNCERTAIN, why=FailureReason.SLOW)
        except httpx.TransportError:
            return ApiAnswer(outcome=PostOutcome.UNCERTAIN, why=FailureReason.BROKEN)
        return _read_answer(response, most)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _read_answer(response: httpx.Response, most: int) -> ApiAnswer:
    body = bytearray()
    try:
        for piece in response.iter_bytes():
            body += piece
            if len(body) > most:
                return ApiAnswer(
                    outcome=PostOutcome.REFUSED, why=FailureReason.TOO_LARGE, status=response.status_code
                )
    except (httpx.TransportError, httpx.DecodingError):
        return ApiAnswer(outcome=PostOutcome.UNCERTAIN, why=FailureReason.BROKEN, status=response.status_code)
    finally:
        response.close()
    return ApiAnswer(
        outcome=post_outcome(response.status_code),
        status=response.status_code,
        data=parse_json_object(body),
        content=bytes(body),
        retry_after=retry_after_seconds(response.headers),
    )
