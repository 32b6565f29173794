"""A text-message provider on this machine, which answers as a test tells it to."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

ACCEPTS = "accepts"
HANGS = "hangs"
DIES = "dies mid-answer"


class Doors(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64  # eight workers may knock before the first is let in


class Provider:
    """`how` is ACCEPTS, HANGS, DIES or (status, body)."""

    def __init__(self) -> None:
        self.how: object = ACCEPTS
        self.received: list[dict[str, str]] = []
        self.released = threading.Event()  # lets hanging answers end with the test
        provider = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                typed = self.rfile.read(int(self.headers["Content-Length"])).decode()
                fields = {name: values[0] for name, values in parse_qs(typed).items()}
                key = base64.b64decode(self.headers["Authorization"].removeprefix("Basic "))
                provider.received.append(fields | {"key": key.decode()})
                provider.answer(self)

            def log_message(self, *args: object) -> None:
                pass

        self.server = Doors(("127.0.0.1", 0), Answer)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/Accounts/AC1/Messages.json"

    def answer(self, to: BaseHTTPRequestHandler) -> None:
        if self.how == HANGS:
            self.released.wait(20)
            to.close_connection = True
            return
        accepted = (201, {"sid": f"SM{len(self.received)}", "status": "queued"})
        status, content = accepted if self.how in (ACCEPTS, DIES) else self.how
        body = content.encode() if isinstance(content, str) else json.dumps(content).encode()
        to.send_response(status)
        to.send_header("Content-Length", str(len(body) + (40 if self.how == DIES else 0)))
        to.end_headers()
        to.wfile.write(body)
        to.close_connection = True


@contextmanager
def at_work() -> Iterator[Provider]:
    provider = Provider()
    thread = threading.Thread(target=provider.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.released.set()
        provider.server.shutdown()
        provider.server.server_close()
        thread.join(5)
