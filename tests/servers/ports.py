"""Free ports on a loopback address.

They lie below the range that the kernel gives to outgoing connections: a client that retries a dead server's port of that range can
connect to itself and so keep the port from the server that restarts.
"""

import random
import socket

FIRST, LAST = 20_000, 31_999


def ephemeral_begin():
    try:
        with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as file:
            return int(file.read().split()[0])
    except OSError:
        return LAST + 1


def free_ports(count, host="127.0.0.1"):
    """`count` different ports that could be bound just now."""
    last = min(LAST, ephemeral_begin() - 1)
    if last < FIRST + 1000:
        raise RuntimeError(f"net.ipv4.ip_local_port_range begins at {last + 1}: no ports between {FIRST} and there are left for servers")
    chance = random.SystemRandom()
    held = []
    try:
        for _ in range(200 * count):
            holder = socket.socket()
            try:
                holder.bind((host, chance.randint(FIRST, last)))
                held.append(holder)
            except OSError:
                holder.close()
            if len(held) == count:
                return [holder.getsockname()[1] for holder in held]
        raise RuntimeError(f"no {count} free ports on {host} between {FIRST} and {last}")
    finally:
        for holder in held:
            holder.close()


def is_free(port, host="127.0.0.1"):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what is only waiting for its last packets does not count
        try:
            probe.bind((host, port))
            return True
        except OSError:
            return False
