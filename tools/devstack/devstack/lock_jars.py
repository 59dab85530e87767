"""Writes deploy/java/*.lock from the poms there (`make lock-jars`; needs Maven, which set-up does not).

Maven resolves once, at upgrade time, into a flat list of coordinates; each sha256 is of the jar that it fetched.
"""

import hashlib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from devstack.paths import JAVA

LINE = re.compile(r"^\s+(?P<group>[^:\s]+):(?P<artifact>[^:]+):jar:((?P<classifier>[^:]+):)?(?P<version>[^:]+):\w+")


def lock(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        listing, jars = Path(folder) / "list", Path(folder) / "jars"
        pom = str(JAVA / name / "pom.xml")
        maven = ["mvn", "-q", "-B", "-f", pom]
        subprocess.run([*maven, "dependency:list", "-DincludeScope=runtime", f"-DoutputFile={listing}"], check=True)
        copy = [*maven, "dependency:copy-dependencies", "-DincludeScope=runtime", "-Dmdep.prependGroupId=true"]
        subprocess.run([*copy, f"-DoutputDirectory={jars}"], check=True)
        found = [match for line in listing.read_text().splitlines() if (match := LINE.match(line))]
        lines = sorted(_line(match, jars) for match in found)
    (JAVA / f"{name}.lock").write_text(
        f"# {name}: written by devstack.lock_jars from {name}/pom.xml\n" + "".join(lines)
    )
    print(f"{name}: {len(lines)} jars")


def _line(match: re.Match[str], jars: Path) -> str:
    coordinates = [match["group"], match["artifact"], match["version"]] + (
        [match["classifier"]] if match["classifier"] else []
    )
    digest = hashlib.sha256(
        (jars / (".".join(coordinates[:1]) + "." + "-".join(coordinates[1:]) + ".jar")).read_bytes()
    )
    return f"{':'.join(coordinates)} {digest.hexdigest()}\n"


if __name__ == "__main__":
    for part in sys.argv[1:] or ["kafka", "s3proxy"]:
        lock(part)
