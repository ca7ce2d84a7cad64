"""Real servers for tests and benchmarks, on loopback: see README.md."""

from .artifacts import FetchError
from .cassandra import Cassandra
from .java import JavaError
from .kafka import Kafka
from .registry import Registry
from .server import Server, ServerError
from .server_set import ServerSet

__all__ = ["Cassandra", "FetchError", "JavaError", "Kafka", "Registry", "Server", "ServerError", "ServerSet"]
