"""S3Proxy on a folder: a real S3 server that checks signatures, expiry and content types."""

import http.client
from pathlib import Path

from devstack import jvm
from devstack.parts import ChildPart
from devstack.paths import JAVA
from devstack.ports import HOST, free_port
from devstack.process import Child

SETTINGS = """\
s3proxy.endpoint=http://{host}:{port}
s3proxy.authorization=aws-v2-or-v4
s3proxy.identity={access_key}
s3proxy.credential={secret_key}
s3proxy.cors-allow-all=true
jclouds.provider=filesystem-nio2
jclouds.filesystem.basedir={data}
jclouds.identity=unused
jclouds.credential=unused
"""


class S3Server(ChildPart):
    """One server with the bucket `bucket`; buckets are folders of `data_dir`."""

    def __init__(
        self,
        data_dir: Path,
        *,
        access_key: str,
        secret_key: str,
        bucket: str = "seatime",
        port: int | None = None,
        heap_mb: int = 256,
        log: Path | None = None,
    ) -> None:
        self.data_dir, self.bucket = data_dir, bucket
        self.access_key, self.secret_key = access_key, secret_key
        self.port = port or free_port()
        self._heap_mb = heap_mb
        self._log = log or data_dir.parent / "s3proxy.log"
        self._config = data_dir.parent / "s3proxy.properties"

    @property
    def endpoint_url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        (self.data_dir / self.bucket).mkdir(parents=True, exist_ok=True)
        self._config.touch(mode=0o600)
        self._config.write_text(
            SETTINGS.format(
                host=HOST, port=self.port, access_key=self.access_key, secret_key=self.secret_key, data=self.data_dir
            )
        )
        logging = f"-Dlogback.configurationFile={JAVA / 'logback.xml'}"
        java = jvm.command("s3proxy", heap_mb=self._heap_mb, logging=logging, quick_start=True)
        command = [*java, "org.gaul.s3proxy.Main", "--properties", str(self._config)]
        self.child = Child("s3proxy", command, log=self._log)
        self.child.start()

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=2)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status in (200, 403)
        except OSError:
            return False
        finally:
            connection.close()
