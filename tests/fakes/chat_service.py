"""A real HTTP server that speaks the OpenAI chat protocol and misbehaves on request."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class ChatService:
    """Answers each request by the next of ``plan``; the last one is repeated.

    An entry is text to stream, or: a number (a status), ``"stall"``, ``"cut"`` (half a reply, then the connection
    closes), ``"garbage"`` (bytes that are no event), ``"html"`` (status 200, a web page).
    """

    def __init__(self, plan: Sequence[str | int]) -> None:
        self.plan = list(plan)
        self.requests: list[dict[str, Any]] = []
        self.released = threading.Event()

    def next(self) -> str | int:
        """The entry for the request that came last."""
        return self.plan[min(len(self.requests), len(self.plan)) - 1]


SPECIAL = ("stall", "cut", "garbage", "html")


def event(text: str) -> bytes:
    """A server-sent event with a piece of the reply."""
    return b"data: " + json.dumps({"choices": [{"delta": {"content": text}}]}).encode() + b"\n\n"


@contextmanager
def serving(*plan: str | int) -> Iterator[tuple[str, ChatService]]:
    """The address of a running service, and the service."""
    service = ChatService(plan)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.requests.append({"path": self.path, "key": self.headers.get("Authorization"), **json.loads(body)})
            act = service.next()
            if isinstance(act, int):
                self.send_response(act)
                self.send_header("Retry-After", "0")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            if act == "stall":
                service.released.wait(5)
            elif act == "garbage":
                self.wfile.write(b"data: \xff\xfe{{{ nonsense\n\n")
            elif act == "html":
                self.wfile.write(b"<html><body>Welcome</body></html>")
            elif act == "cut":
                self.wfile.write(event('{"sentence": "Half of'))
            else:
                for start in range(0, len(act), 7):
                    self.wfile.write(event(act[start : start + 7]))
                    time.sleep(0)
                self.wfile.write(b"data: [DONE]\n\n")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", service
    finally:
        service.released.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
