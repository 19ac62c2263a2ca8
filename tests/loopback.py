"""A server on this machine that gives files, and fails in the ways that servers do."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Served:
    """What a server gives, by path, and what it was asked for."""

    files: dict[str, bytes]
    ranges: bool = True
    """Whether it can send the rest of a file."""
    cut: int | None = None
    """Bytes after which it breaks every answer."""
    headers: Callable[[str], dict[str, str]] = lambda path: {}
    """Headers of the answer for a path."""
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Paths and ranges that were asked for."""
    sent: int = 0
    """Bytes of content that were sent."""
    url: str = ""


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"

    def do_GET(self):
        self._answer(True)

    def do_HEAD(self):
        self._answer(False)

    def log_message(self, *_):
        """Says nothing."""

    def _answer(self, with_content):
        served = self.server.served
        path, asked = self.path.partition("?")[0], self.headers.get("Range", "")
        served.asked.append((path, asked))
        content = served.files.get(path)
        if content is None:
            self.send_response(404)
            # As the Hugging Face hub says it.
            kind = "RepoNotFound" if path.startswith("/api/") else "EntryNotFound"
            self.send_header("X-Error-Code", kind)
            self.send_header("Content-Length", "0")
            return self.end_headers()
        start = int(asked.removeprefix("bytes=").partition("-")[0]) if asked else 0
        start = start if served.ranges else 0
        if start and start >= len(content):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(content)}")
            self.send_header("Content-Length", "0")
            return self.end_headers()
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        for name, value in served.headers(path).items():
            self.send_header(name, value)
        rest = content[start:]
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        if with_content:
            rest = rest[: served.cut]
            served.sent += len(rest)
            self.wfile.write(rest)
        self.close_connection = True


class _Server(ThreadingHTTPServer):
    served: Served


@contextlib.contextmanager
def serving(files: dict[str, bytes], **settings) -> Iterator[Served]:
    """Serves files by their paths, such as `/a/b.zip`."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.served = Served(files, **settings)
        server.served.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.served
        finally:
            server.shutdown()
            thread.join()
