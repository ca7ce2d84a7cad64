"""One server process: started, asked until it answers, stopped, killed, frozen, started again with the same data on the same port.

A server never outlives the Python process that started it: the kernel kills it then (PR_SET_PDEATHSIG).
Threads: all calls from one thread at a time.
"""

import concurrent.futures
import ctypes
import os
import signal
import socket
import subprocess
import time

from .ports import is_free

READY_SECONDS = float(os.environ.get("MESSINA_SERVERS_READY_SECONDS") or 180)  # generous: the machine may be busy
STOP_SECONDS = 20
RECORD_SECONDS = 60  # an orderly stop that also writes the archive of classes
LOG_LINES_SHOWN = 40
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True)
# The death signal is bound to the thread that forks, not to its process: fork from one thread that lives as long as the process.
_spawner = concurrent.futures.ThreadPoolExecutor(1, "servers-spawner")


class ServerError(RuntimeError):
    """A server that did not start or died, with the end of its log."""


def spawn(command, death_signal=signal.SIGKILL, **options):
    """Popen, in a session of its own, that the kernel ends with `death_signal` when this process is gone."""
    parent = os.getpid()

    def bind_to_parent():
        _libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(127)

    return _spawner.submit(subprocess.Popen, [str(part) for part in command], preexec_fn=bind_to_parent, **options).result()


class Server:
    """What Kafka, Cassandra and the registry share. A subclass says how to prepare a folder, what to run, and what an answer is."""

    name = "server"

    def __init__(self, directory, host, port):
        self.directory = directory
        self.host = host
        self.port = port
        self.process = None
        self.shared_classes = None
        self.is_frozen = False
        self.ready_seconds = None
        self._is_prepared = False
        self._started_at = None

    # What a subclass gives.
    def prepare(self):
        """Writes configuration into `directory`; once."""
        raise NotImplementedError

    def command(self):
        raise NotImplementedError

    def ask(self):
        """Returns when the server answers as it should; raises OSError or ValueError while it does not yet."""
        raise NotImplementedError

    def environment(self):
        """What a client wants to know: variables by name."""
        raise NotImplementedError

    # What everyone uses.
    @property
    def address(self):
        return f"{self.host}:{self.port}"

    @property
    def log_path(self):
        return self.directory / "log.txt"

    @property
    def pid(self):
        return self.process.pid if self.process else None

    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def start(self, wait=True):
        """Starts the process and, with `wait`, returns when it serves. Also the way to start again after stop() or kill()."""
        if self.is_alive():
            raise ServerError(f"{self.name} runs already (process {self.pid})")
        self.directory.mkdir(parents=True, exist_ok=True)
        if not is_free(self.port, self.host):
            raise ServerError(f"{self.name}: port {self.port} on {self.host} is taken\n"
                              "  hint: end what listens there, or give another port, or none")
        if not self._is_prepared:
            self.prepare()
            self._is_prepared = True
        with open(self.log_path, "ab") as log:
            self._started_at = time.monotonic()
            self.process = spawn(self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.directory,
                                 start_new_session=True)
        self.is_frozen = False
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self, seconds=READY_SECONDS):
        """Asks again and again until the server answers. A dead process fails at once."""
        deadline = self._started_at + seconds
        problem = None
        while time.monotonic() < deadline:
            if not self.is_alive():
                raise ServerError(f"{self.name} ended with exit code {self.process.returncode} while it started\n{self.log_end()}")
            try:
                self.ask()
                self.ready_seconds = time.monotonic() - self._started_at
                return self
            except (OSError, ValueError) as error:
                problem = error
            try:
                self.process.wait(0.05)  # the pace of asking; a death ends it at once
            except subprocess.TimeoutExpired:
                pass
        raise ServerError(f"{self.name} does not answer on {self.address} after {seconds:.0f} s: {problem}\n{self.log_end()}")

    def stop(self):
        """An orderly stop, by SIGTERM; past its time the process is killed. The data stay."""
        if not self.is_alive():
            return
        self.thaw()
        self.process.terminate()
        is_recording = self.shared_classes is not None and self.shared_classes.recording
        try:
            self.process.wait(RECORD_SECONDS if is_recording else STOP_SECONDS)
            if is_recording:
                self.shared_classes.keep_recording()
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self):
        """SIGKILL: what was not durable is lost."""
        if self.is_alive():
            self.process.kill()
            self.process.wait()
        self.is_frozen = False
        if self.shared_classes is not None:
            self.shared_classes.drop_recording()

    def discard(self):
        """The end of a server whose data nobody wants: killed, but for one that still has classes to record."""
        if self.shared_classes is not None and self.shared_classes.recording and not self.is_frozen:
            self.stop()
        self.kill()

    def restart(self):
        """Orderly, with the same data on the same port."""
        self.stop()
        return self.start()

    def freeze(self):
        """SIGSTOP: connections stay open and nothing answers."""
        if self.is_alive():
            os.kill(self.pid, signal.SIGSTOP)
            self.is_frozen = True

    def thaw(self):
        if self.is_alive() and self.is_frozen:
            os.kill(self.pid, signal.SIGCONT)
        self.is_frozen = False

    def log_end(self):
        try:
            lines = self.log_path.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:]
        except OSError:
            lines = []
        return "\n".join([f"the end of {self.log_path}:", *("  | " + line for line in lines)])


def connect(host, port, seconds=2.0):
    """A socket that gives up, so that a frozen server does not freeze its client."""
    connection = socket.create_connection((host, port), seconds)
    if connection.getsockname() == connection.getpeername():
        connection.close()
        raise ConnectionError("connected to itself")
    return connection


def receive(connection, size):
    """Exactly `size` bytes."""
    parts = []
    while size > 0:
        part = connection.recv(size)
        if not part:
            raise ConnectionError("the server closed the connection")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
