"""Fetches what the servers are made of from Maven, by its ordinary client, once: lists of exact versions, no transitive resolution.

Everything lands in cache_dir() (MESSINA_SERVERS_DIR, default build/servers), which a continuous-integration run may keep.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from xml.sax.saxutils import escape

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent

POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>messina.tests</groupId><artifactId>{name}</artifactId><version>1</version><packaging>pom</packaging>
  <build><plugins><plugin>
    <groupId>org.apache.maven.plugins</groupId><artifactId>maven-dependency-plugin</artifactId><version>2.8</version>
    <configuration><outputDirectory>{target}</outputDirectory><artifactItems>
{items}
    </artifactItems></configuration>
  </plugin></plugins></build>
</project>
"""
ITEM = ("      <artifactItem><groupId>{0}</groupId><artifactId>{1}</artifactId><version>{2}</version><type>{3}</type>"
        "<classifier>{4}</classifier></artifactItem>")


class FetchError(RuntimeError):
    """What could not be fetched, and what to do."""


def cache_dir():
    return Path(os.environ.get("MESSINA_SERVERS_DIR") or ROOT / "build" / "servers").absolute()


def read_list(path):
    """(group, artifact, version, type, classifier) for each line that is not a comment."""
    artifacts = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        line = line.split("#", 1)[0].strip()
        if not line:
            continue
        parts = line.split(":")
        if not 3 <= len(parts) <= 5:
            raise FetchError(f"{path}:{number}: want group:artifact:version[:type[:classifier]], got '{line}'")
        artifacts.append(tuple(parts + ["jar", ""][len(parts) - 3:]))
    return artifacts


def file_name(artifact):
    _, name, version, kind, classifier = artifact
    return f"{name}-{version}{'-' + classifier if classifier else ''}.{kind}"


@contextlib.contextmanager
def locked(path):
    """One process at a time: two test runs may start together on an empty cache."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fetch(list_path, say=lambda line: None):
    """The folder that holds every artifact of the list. Downloads when it is not there; a changed list is another folder."""
    digest = hashlib.sha256(list_path.read_bytes()).hexdigest()[:12]
    target = cache_dir() / f"{list_path.stem}-{digest}"
    if target.is_dir():
        return target
    with locked(cache_dir() / "fetch.lock"):
        if not target.is_dir():
            say(f"fetching {list_path.stem} from Maven")
            _download(list_path, target)
    return target


def _download(list_path, target):
    if shutil.which("mvn") is None:
        raise FetchError("mvn is not installed\n  hint: tools/setup installs it (Debian package maven)")
    artifacts = read_list(list_path)
    partial = target.with_name(target.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    pom = target.with_name(target.name + ".pom.xml")
    items = "\n".join(ITEM.format(*map(escape, artifact)) for artifact in artifacts)
    pom.write_text(POM.format(name=list_path.stem, target=escape(str(partial)), items=items))
    done = subprocess.run(["mvn", "-B", "-q", "-f", pom, "dependency:copy"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    missing = [file_name(artifact) for artifact in artifacts if not (partial / file_name(artifact)).is_file()]
    if done.returncode != 0 or missing:
        raise FetchError(f"Maven could not fetch {list_path.name} (exit code {done.returncode}, missing: {', '.join(missing) or 'nothing'})\n"
                         f"{done.stdout[-3000:]}\n  hint: is Maven's repository reachable? The list is {list_path}")
    for archive in partial.glob("*.tar.gz"):
        shutil.unpack_archive(archive, partial)
        archive.unlink()
    partial.rename(target)
    pom.unlink()
