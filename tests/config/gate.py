"""A door in front of a server that a test can shut: what the product says while a part of it is away."""

import socket
import threading
from contextlib import suppress


class Gate:
    """Forwards a port of its own to a server until shut. Then connections break, and new ones are refused."""

    def __init__(self, host: str, port: int) -> None:
        self.server = (host, port)
        self.open: list[socket.socket] = []
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.door.getsockname()[1]
        threading.Thread(target=self._let_in, daemon=True).start()

    def shut(self) -> None:
        """The server is away from now on."""
        for one in [self.door, *self.open]:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _let_in(self) -> None:
        with suppress(OSError):
            while True:
                caller, _ = self.door.accept()
                server = socket.create_connection(self.server)
                self.open += [caller, server]
                for pair in ((caller, server), (server, caller)):
                    threading.Thread(target=self._carry, args=pair, daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                target.sendall(piece)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
