"""A strict little server: one folder, one prefix, this machine only, compressed as a host would."""

import gzip
import mimetypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TYPES = {".js": "text/javascript", ".woff2": "font/woff2", ".woff": "font/woff", ".ipynb": "application/x-ipynb+json"}
COMPRESSED = ("text/", "application/json", "application/x-ipynb", "image/svg")


def content_type(file: Path) -> str:
    """Return the media type of a file by its name."""
    return TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"


@cache
def payload(file: Path) -> tuple[bytes, bool]:
    """Return what goes over the wire for a file, and whether it is compressed."""
    data = file.read_bytes()
    return (gzip.compress(data, 6), True) if content_type(file).startswith(COMPRESSED) else (data, False)


@dataclass(frozen=True)
class Server:
    """A running server: the folder that it serves and its address, prefix included."""

    root: Path
    address: str

    def weight(self, url: str) -> int:
        """Return the bytes that travel for one address."""
        return len(payload(self.root / url.removeprefix(self.address).split("?")[0].split("#")[0])[0])


def handler(root: Path, prefix: str) -> type[BaseHTTPRequestHandler]:
    """Return the class that answers: files below the prefix, and the site's own 404 page for everything else."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            """Keep the tests' output free of a line a request."""

        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            file = root / path.removeprefix(prefix) if path.startswith(prefix) else root / "outside"
            file = file / "index.html" if file.is_dir() else file
            found = file.is_file()
            data, compressed = payload(file if found else root / "404.html")
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", content_type(file if found else root / "404.html") + "; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            if compressed:
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(data)

    return Handler


@contextmanager
def serve(root: Path, prefix: str) -> Iterator[Server]:
    """Serve root under prefix on a free port of 127.0.0.1 until the block ends."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler(root, prefix)) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        try:
            yield Server(root, f"http://127.0.0.1:{http.server_port}{prefix}")
        finally:
            http.shutdown()
            thread.join()
