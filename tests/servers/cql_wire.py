"""Enough of CQL's binary protocol (version 4), on the standard library, to ask whether Cassandra serves and to run statements without values.

Source: Cassandra's native_protocol_v4.spec. Integers are big-endian.
"""

import struct

from .server import connect, receive

STARTUP, READY, AUTHENTICATE, QUERY, ERROR = 0x01, 0x02, 0x03, 0x07, 0x00
CONSISTENCY_ONE = 1
REQUEST_SECONDS = 60  # a CREATE TABLE on a busy machine


class CqlError(ValueError):
    """The server's error with its code, and the statement."""


def exchange(connection, opcode, body):
    connection.sendall(struct.pack(">BBhBi", 0x04, 0, 0, opcode, len(body)) + body)
    _, _, _, answer, size = struct.unpack(">BBhBi", receive(connection, 9))
    return answer, receive(connection, size)


def execute(address, statements):
    """Runs the statements in order on one connection; the first that fails raises."""
    with connect(*address) as connection:
        connection.settimeout(REQUEST_SECONDS)
        options = struct.pack(">h", 1) + b"".join(struct.pack(">h", len(part)) + part for part in (b"CQL_VERSION", b"3.0.0"))
        answer, _ = exchange(connection, STARTUP, options)
        if answer == AUTHENTICATE:
            return  # it serves, but only to those who say who they are
        if answer != READY:
            raise CqlError(f"unexpected answer {answer} to STARTUP")
        for statement in statements:
            text = statement.encode()
            answer, body = exchange(connection, QUERY, struct.pack(">i", len(text)) + text + struct.pack(">hB", CONSISTENCY_ONE, 0))
            if answer == ERROR:
                code, size = struct.unpack_from(">ih", body)
                raise CqlError(f"error 0x{code:04x}: {body[6:6 + size].decode()}\n  in: {statement}")
