"""A free port of this machine, the same as last time where it can be."""

import errno
import random
import socket

LOOPBACK = "127.0.0.1"
# Below the range from which the kernel takes ports for outgoing connections (32768 and up).
RANGE = range(20_000, 32_000)


def is_free(port: int, host: str = LOOPBACK) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        knock = socket.socket(family)
    except OSError:
        return True  # a kernel without IPv6: nobody can be there
    with knock:
        knock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            knock.bind((host, port))
        except OSError as reason:
            return reason.errno == errno.EADDRNOTAVAIL  # a machine without that address
        return True


def free_port(wanted: int | None = None) -> int:
    if wanted and is_free(wanted):
        return wanted
    while True:
        port = random.choice(RANGE)  # noqa: S311 -- any free one will do
        if is_free(port):
            return port
