"""Serve the built site on this machine alone, at the first free port."""

import argparse
import errno
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HOST = "127.0.0.1"
N_PORTS = 20


class QuietHandler(SimpleHTTPRequestHandler):
    """Serve files and say nothing of the requests that succeed."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Print only the requests that fail."""
        if isinstance(code, int) and code >= 400:
            super().log_request(code, size)


def port_number(text: str) -> int:
    """Read a port an ordinary user may open, 1024 to 65535."""
    if not (text.isdecimal() and 1024 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"expected a port from 1024 to 65535, got {text!r}")
    return int(text)


def first_free(first_port: int, folder: Path) -> ThreadingHTTPServer:
    """Return a server of `folder` on the first free port of the N_PORTS from `first_port` on."""
    handler = partial(QuietHandler, directory=str(folder))
    last_port = min(first_port + N_PORTS - 1, 65535)
    for port in range(first_port, last_port + 1):
        try:
            return ThreadingHTTPServer((HOST, port), handler)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise SystemExit(f"Port {port} can't be opened: {error.strerror}.") from None
    raise SystemExit(f"The ports {first_port} to {last_port} are all in use: name another, PORT=9000.")


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder that holds index.html")
    parser.add_argument("--port", type=port_number, default=8000, help="the first port to try")
    arguments = parser.parse_args()
    if not (arguments.folder / "index.html").is_file():
        raise SystemExit(f"{arguments.folder} holds no index.html: run make site first.")
    with first_free(arguments.port, arguments.folder) as server:
        port = server.server_address[1]
        if port != arguments.port:
            print(f"Port {arguments.port} is in use, so the book is on port {port}.")
        print(f"The book is at http://{HOST}:{port}/ (Ctrl-C stops it).", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
