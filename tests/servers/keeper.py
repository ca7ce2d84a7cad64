"""Servers that stay up between commands. A keeper process owns them, so that they cannot outlive it; a state file says where it is.

The keeper ends by SIGTERM (`down`), or, when asked so, with the process that called `up` (a test runner that is killed still leaves
nothing behind).
"""

import json
import os
import select
import shlex
import signal
import sys
from pathlib import Path

from .artifacts import cache_dir, locked
from .server import ServerError
from .server_set import ServerSet

DOWN_SECONDS = 120  # a first run writes its archives of classes when it is stopped


def state_folder(given):
    return Path(given).absolute() if given else cache_dir() / "up"


def start_time(pid):
    """With the process id, the identity of a process: ids are used again."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
    except OSError:
        return None


def read_state(given):
    """What `up` left, or None when nothing is up."""
    path = state_folder(given) / "state.json"
    try:
        state = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    if start_time(state["keeper"]) != state["keeper_started"]:
        path.unlink(missing_ok=True)
        return None
    return state


def environment(given):
    state = read_state(given)
    if state is None:
        raise ServerError("no servers are up\n  hint: tests/servers/servers up (or: make up)")
    return state["environment"]


def print_addresses(variables):
    for name, value in variables.items():
        print(f"export {name}={shlex.quote(value)}")


def up(given, wanted, fill, while_parent_lives, say):
    """Prints the addresses when everything serves."""
    folder = state_folder(given)
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / "lock"):
        state = read_state(given)
        if state is not None:
            missing = set(wanted) - set(state["servers"])
            if missing:
                raise ServerError(f"servers are up already, without {', '.join(sorted(missing))}\n  hint: `servers down` first")
            say("the servers are up already")
        else:
            _start_keeper(folder, wanted, fill, os.getppid() if while_parent_lives else None)
            state = read_state(given)
    print_addresses(state["environment"])
    return 0


def _start_keeper(folder, wanted, fill, watched):
    """Forks the keeper and waits for its word: 'ready', or what went wrong."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.close(reader)
        code = 1
        try:
            os.setsid()
            code = _keep(folder, wanted, fill, watched, writer)
        finally:
            os._exit(code)
    os.close(writer)
    with open(reader, encoding="utf-8") as pipe:
        word = pipe.read()
    if word != "ready":
        raise ServerError(word or f"the keeper ended without a word; see {folder / 'keeper.txt'}")


def _detach(log, writer):
    """No terminal, no pipe, no lock of the caller: a caller that reads our output must see its end, and its locks are not ours."""
    os.closerange(3, writer)
    os.closerange(writer + 1, os.sysconf("SC_OPEN_MAX"))
    null = os.open(os.devnull, os.O_RDONLY)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.dup2(null, 0)
    os.dup2(out, 1)
    os.dup2(out, 2)


def _keep(folder, wanted, fill, watched, writer):
    _detach(folder / "keeper.txt", writer)
    # Open before anything is started: a caller that dies meanwhile is noticed as well.
    watch = os.pidfd_open(watched) if watched else None
    wake_reader, wake_writer = os.pipe()
    os.set_blocking(wake_writer, False)
    signal.set_wakeup_fd(wake_writer)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    servers = None
    try:
        servers = ServerSet(say=lambda line: print(line, file=sys.stderr, flush=True), **wanted).start()
        fill(servers)
    except BaseException as error:  # whatever it is, the caller must hear of it
        if servers is not None:
            servers.close(is_failure=True)
        os.write(writer, str(error).encode() or repr(error).encode())
        return 1
    state = {"keeper": os.getpid(), "keeper_started": start_time(os.getpid()), "servers": list(wanted),
             "environment": servers.environment(), "directory": str(servers.directory)}
    (folder / "state.json.new").write_text(json.dumps(state, indent=2) + "\n")
    os.replace(folder / "state.json.new", folder / "state.json")
    os.write(writer, b"ready")
    os.close(writer)
    select.select([wake_reader] + ([watch] if watch is not None else []), [], [])
    is_failure = bool(servers.dead())
    for name in servers.dead():
        print(f"{name} died\n{servers.servers[name].log_end()}", file=sys.stderr, flush=True)
    servers.close(is_failure)
    (folder / "state.json").unlink(missing_ok=True)
    return 1 if is_failure else 0


def down(given, say):
    """Stops what is up; nothing up is no failure, a server that died meanwhile is."""
    folder = state_folder(given)
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / "lock"):
        state = read_state(given)
        if state is None:
            say("no servers are up")
            return 0
        keeper = os.pidfd_open(state["keeper"])
        signal.pidfd_send_signal(keeper, signal.SIGTERM)
        if not select.select([keeper], [], [], DOWN_SECONDS)[0]:
            signal.pidfd_send_signal(keeper, signal.SIGKILL)  # its servers go with it
            select.select([keeper], [], [], DOWN_SECONDS)
            (folder / "state.json").unlink(missing_ok=True)
            raise ServerError(f"the keeper did not stop in {DOWN_SECONDS} s and was killed; see {folder / 'keeper.txt'}")
        if "died" in (folder / "keeper.txt").read_text(errors="replace"):
            raise ServerError(f"a server had died while it was up; see {folder / 'keeper.txt'}")
        return 0
