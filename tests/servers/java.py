"""Which Java runs the servers, and class-data sharing: an archive of loaded classes halves the start of a JVM.

The archive is made on this machine: the first process of its kind records one while it serves, and writes it when it is stopped in
order. It fits only one JDK build, class path and set of flags, so the name of the file says which.
"""

import functools
import glob
import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from .artifacts import cache_dir

WANTED = (17, 21)


class JavaError(RuntimeError):
    """No suitable Java, and what to do."""


def version_of(java):
    text = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    match = re.search(r'version "(\d+)', text)
    return int(match.group(1)) if match else 0


@functools.lru_cache(maxsize=1)
def find_java():
    """The path of a Java 17 (Cassandra 5 runs on nothing newer), real, so that it names one JDK build."""
    candidates = [os.environ.get("MESSINA_JAVA")]
    candidates += sorted(glob.glob("/usr/lib/jvm/java-17-*/bin/java"))
    candidates += [os.path.join(os.environ["JAVA_HOME"], "bin", "java")] if os.environ.get("JAVA_HOME") else []
    candidates += [shutil.which("java")]
    seen = []
    for candidate in candidates:
        if candidate and os.access(candidate, os.X_OK):
            version = version_of(candidate)
            if WANTED[0] <= version < WANTED[1]:
                return os.path.realpath(candidate)
            seen.append(f"{candidate} is version {version}")
    raise JavaError(f"no Java 17 found ({'; '.join(seen) or 'no java at all'})\n"
                    "  hint: tools/setup installs openjdk-17-jre-headless; MESSINA_JAVA names another one")


class SharedClasses:
    """The flags that use the archive of `name`, or record it where there is none."""

    def __init__(self, name, java, identity, extra_flags=()):
        library = os.stat(os.path.join(os.path.dirname(java), "..", "lib", "server", "libjvm.so"))
        key = "\n".join([java, str(library.st_size), str(library.st_mtime_ns), *identity])
        self.path = cache_dir() / "cds" / f"{name}-{hashlib.sha256(key.encode()).hexdigest()[:12]}.jsa"
        self.extra_flags = list(extra_flags)
        self.recording = None

    def flags(self):
        if self.path.is_file():
            self.recording = None
            return [*self.extra_flags, "-Xshare:auto", f"-XX:SharedArchiveFile={self.path}", "-Xlog:cds=off", "-Xlog:cds+dynamic=off"]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.recording = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        return [*self.extra_flags, f"-XX:ArchiveClassesAtExit={self.recording}", "-Xlog:cds=off", "-Xlog:cds+dynamic=off"]

    def keep_recording(self):
        """After an orderly stop. Another process may have been first: both archives are good."""
        if self.recording and self.recording.is_file():
            self.recording.replace(self.path)
        self.drop_recording()

    def drop_recording(self):
        if self.recording:
            Path(self.recording).unlink(missing_ok=True)
            self.recording = None
