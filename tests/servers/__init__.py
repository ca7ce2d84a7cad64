"""Real servers for tests and benchmarks, on loopback: see README.md."""

from .artifacts import FetchError
from .cassandra_server import Cassandra
from .java import JavaError
from .kafka_server import Kafka
from .registry_server import Registry
from .server import Server, ServerError
from .server_set import ServerSet

__all__ = ["Cassandra", "FetchError", "JavaError", "Kafka", "Registry", "Server", "ServerError", "ServerSet"]
