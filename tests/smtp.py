"""A small mail server for tests: takes mails, refuses, dawdles or hangs, as told."""

import socket
import socketserver
import threading
import time

from web_server import free_ports


class SmtpSink:
    """A mail server on a port of its own, or on the one it is given.

    `mode`: "ok" takes mails; "refuse" answers 550 to every recipient; "slow" waits a second before each answer;
    "hang" takes the connection and says nothing; "cut" takes the mail and cuts the line before saying so.
    `received`: (recipient, bytes) of each mail taken.
    """

    def __init__(self, mode: str = "ok", *, port: int = 0):
        self.mode = mode
        self.received: list[tuple[str, bytes]] = []
        sink = self

        class Talk(socketserver.StreamRequestHandler):
            def handle(self):
                try:
                    sink._talk(self)
                except OSError:
                    pass

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = daemon_threads = True
            block_on_close = False

        self._server = Server(("127.0.0.1", port), Talk)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._stop = threading.Event()

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *exception):
        self._stop.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def _talk(self, talk) -> None:
        def say(line: str) -> None:
            if self.mode == "slow":
                time.sleep(1)
            talk.wfile.write(line.encode() + b"\r\n")

        if self.mode == "hang":
            self._stop.wait(60)
            return
        recipients = []
        say("220 thu.example.invalid")
        while line := talk.rfile.readline():
            word = line.strip().upper()
            if word.startswith(b"RCPT"):
                if self.mode == "refuse":
                    say(f"550 khong nhan thu cua {line.decode().strip()}")
                    continue
                recipients.append(line.decode().split("<")[1].split(">")[0])
                say("250 nhan")
            elif word == b"DATA":
                say("354 gui di")
                data = b"".join(iter(talk.rfile.readline, b".\r\n"))
                self.received += [(recipient, data) for recipient in recipients]
                recipients = []
                if self.mode == "cut":
                    talk.connection.shutdown(socket.SHUT_RDWR)
                    return
                say("250 da nhan")
            elif word == b"QUIT":
                say("221 chao")
                return
            else:
                say("250 duoc")


def closed_port() -> int:
    """A port on which nobody listens."""
    return free_ports(1)[0]
