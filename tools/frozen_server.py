"""Serve the portal on a port as it looks on one morning: for pictures that do not change with the day."""

import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import time_machine

from tests.browser.pictures_city import WHEN


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *parts):
        """Say nothing of each request."""


if __name__ == "__main__":
    time_machine.travel(WHEN, tick=True).start()
    from config.wsgi import application  # noqa: PLC0415 - everything begins on that morning

    make_server("127.0.0.1", int(sys.argv[1]), application, Server, Quiet).serve_forever()
