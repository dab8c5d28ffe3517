"""A mail server for drills, on a port of this machine, that can be made to misbehave."""

import contextlib
import re
import socketserver
import threading
import time


class Sink:
    """A mail server that takes mails, hangs, refuses, or dawdles, as told; keeps the Message-IDs it took."""

    def __init__(self):
        self.mode, self.taken, sink = "ok", [], self

        class Talk(socketserver.StreamRequestHandler):
            def handle(self):
                with contextlib.suppress(OSError):
                    sink._talk(self)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = daemon_threads = True
            block_on_close = False

        self.server = Server(("127.0.0.1", 0), Talk)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _talk(self, talk) -> None:
        if self.mode == "hang":
            time.sleep(30)
            return
        talk.wfile.write(b"220 thu\r\n")
        recipient = ""
        while line := talk.rfile.readline():
            word = line.strip().upper()
            if word.startswith(b"RCPT"):
                recipient = line.decode().split("<")[1].split(">")[0]
                talk.wfile.write(b"550 khong\r\n" if self.mode == "refuse" else b"250 nhan\r\n")
            elif word == b"DATA":
                talk.wfile.write(b"354 gui\r\n")
                data = b"".join(iter(talk.rfile.readline, b".\r\n")).decode("utf-8", "replace")
                if self.mode == "slow":
                    time.sleep(0.3)
                self.taken.append((recipient, re.search(r"(?im)^message-id:\s*(\S+)", data).group(1)))
                talk.wfile.write(b"250 da nhan\r\n")
            else:
                talk.wfile.write(b"250 duoc\r\n")
                if word == b"QUIT":
                    return
