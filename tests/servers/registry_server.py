"""Apicurio Registry, in memory, for its Confluent-compatible REST API."""

import urllib.request

from .artifacts import HERE, fetch
from .java import SharedClasses, find_java
from .ports import free_ports
from .server import Server


class Registry(Server):
    name = "registry"

    def __init__(self, directory, host="127.0.0.1", port=None, say=lambda line: None):
        super().__init__(directory, host, port or free_ports(1, host)[0])
        self.java = find_java()
        self.libraries = fetch(HERE / "registry.txt", say)

    def prepare(self):
        pass

    def command(self):
        runner = next(self.libraries.rglob("*-runner.jar"))
        flags = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        self.shared_classes = SharedClasses("registry", self.java, [str(runner), *flags])
        return [self.java, *flags, *self.shared_classes.flags(), f"-Dquarkus.http.host={self.host}", f"-Dquarkus.http.port={self.port}",
                "-jar", runner]

    @property
    def url(self):
        return f"http://{self.address}/apis/ccompat/v7"

    def ask(self):
        with urllib.request.urlopen(self.url + "/subjects", timeout=5) as answer:
            answer.read()

    def environment(self):
        return {"MESSINA_REGISTRY": self.url}
