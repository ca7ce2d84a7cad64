"""Enough of Kafka's protocol, on the standard library, to ask a broker whether it serves and to create and delete topics.

Source: the Kafka protocol guide (request header 1, Metadata 1, CreateTopics 2, DeleteTopics 1). Integers are big-endian.
"""

import struct

from .server import connect, receive

METADATA, CREATE_TOPICS, DELETE_TOPICS = 3, 19, 20
TOPIC_ALREADY_EXISTS, UNKNOWN_TOPIC = 36, 3
REQUEST_SECONDS = 30


class KafkaError(ValueError):
    """The broker's error code, with the topic it is about."""


class Reader:
    def __init__(self, data):
        self.data = data
        self.at = 0

    def number(self, form):
        value = struct.unpack_from(">" + form, self.data, self.at)[0]
        self.at += struct.calcsize(">" + form)
        return value

    def text(self):
        size = self.number("h")
        if size < 0:
            return None
        self.at += size
        return self.data[self.at - size:self.at].decode()

    def array(self, read_one):
        return [read_one() for _ in range(max(0, self.number("i")))]


def text(value):
    data = value.encode()
    return struct.pack(">h", len(data)) + data


def array(items):
    return struct.pack(">i", len(items)) + b"".join(items)


def request(address, api, version, body):
    """One request on a connection of its own; a Reader at the start of the response's body."""
    with connect(*address) as connection:
        connection.settimeout(REQUEST_SECONDS)
        message = struct.pack(">hhi", api, version, 1) + text("messina-servers") + body
        connection.sendall(struct.pack(">i", len(message)) + message)
        size = struct.unpack(">i", receive(connection, 4))[0]
        reader = Reader(receive(connection, size))
        reader.number("i")
        return reader


def metadata(address, topics=()):
    """(number of brokers, controller's id, {topic: (error, leaders by partition)}); no topics asked, none told."""
    reader = request(address, METADATA, 1, array([text(topic) for topic in topics]))
    brokers = reader.array(lambda: (reader.number("i"), reader.text(), reader.number("i"), reader.text()))
    controller = reader.number("i")

    def partition():
        reader.number("h")
        index, leader = reader.number("i"), reader.number("i")
        reader.array(lambda: reader.number("i"))
        reader.array(lambda: reader.number("i"))
        return index, leader

    def topic():
        error, name, _ = reader.number("h"), reader.text(), reader.number("b")
        return name, (error, dict(reader.array(partition)))

    return len(brokers), controller, dict(reader.array(topic))


def create_topics(address, topics):
    """topics: [(name, partitions, {config: value})]. A topic that exists already is an error."""
    body = array([text(name) + struct.pack(">ih", partitions, 1) + array([])
                  + array([text(key) + text(str(value)) for key, value in configs.items()])
                  for name, partitions, configs in topics]) + struct.pack(">i?", REQUEST_SECONDS * 1000, False)
    reader = request(address, CREATE_TOPICS, 2, body)
    reader.number("i")
    for name, error, message in reader.array(lambda: (reader.text(), reader.number("h"), reader.text())):
        if error:
            raise KafkaError(f"topic {name}: Kafka's error {error}: {message or 'no message'}")


def delete_topics(address, names):
    reader = request(address, DELETE_TOPICS, 1, array([text(name) for name in names]) + struct.pack(">i", REQUEST_SECONDS * 1000))
    reader.number("i")
    for name, error in reader.array(lambda: (reader.text(), reader.number("h"))):
        if error and error != UNKNOWN_TOPIC:
            raise KafkaError(f"topic {name}: Kafka's error {error}")
