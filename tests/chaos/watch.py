"""Waits for a process and for changes in folders (inotify, pidfd): nothing is polled, and no change is seen late."""

import ctypes
import os
import select
import time

IN_MODIFY, IN_MOVED_TO, IN_CREATE = 0x2, 0x80, 0x100


class ChangeWatch:
    def __init__(self, folders):
        libc = ctypes.CDLL(None, use_errno=True)
        self.descriptor = libc.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)
        if self.descriptor < 0:
            raise OSError(ctypes.get_errno(), "inotify_init1")
        for folder in folders:
            if libc.inotify_add_watch(self.descriptor, os.fsencode(folder), IN_MODIFY | IN_MOVED_TO | IN_CREATE) < 0:
                error = ctypes.get_errno()
                os.close(self.descriptor)
                raise OSError(error, f"cannot watch {folder}")

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        os.close(self.descriptor)

    def wait_for(self, process, end, has_happened=None):
        """Until `has_happened()`, the end of the process, or the monotonic time `end`; returns whether it has happened."""
        pid = os.pidfd_open(process.pid) if process.poll() is None else None
        try:
            while True:
                if has_happened and has_happened():
                    return True
                left = end - time.monotonic()
                if process.poll() is not None or left <= 0:
                    return False
                wanted = [pid] + ([self.descriptor] if has_happened else [])
                if self.descriptor in select.select(wanted, [], [], left)[0]:
                    os.read(self.descriptor, 65536)
        finally:
            if pid is not None:
                os.close(pid)
