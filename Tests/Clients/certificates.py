"""Certificates for one test run, made with the openssl command."""

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Pair:
    """A certificate and its key, as PEM files."""

    certificate: Path
    key: Path


class Authority:
    """A certificate authority that lives in a folder."""

    def __init__(self, folder, name="tests"):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.pair = self.files("ca")
        openssl("req", "-x509", *self.new_key(self.pair), "-days", "2", "-subj", f"/CN={name}")

    @property
    def certificate(self):
        return self.pair.certificate

    def files(self, name):
        return Pair(self.folder / f"{name}.pem", self.folder / f"{name}.key")

    def new_key(self, pair):
        kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        return [*kind, "-keyout", pair.key, "-out", pair.certificate]

    def issue(self, name, hosts="DNS:localhost,IP:127.0.0.1,IP:::1", days=2):
        """A certificate for these hosts; one of minus one day has run out."""
        pair = self.files(name)
        request, extensions = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        openssl("req", *self.new_key(Pair(request, pair.key)), "-subj", f"/CN={name}")
        extensions.write_text(f"subjectAltName={hosts}\n")
        signer = ["-CA", self.certificate, "-CAkey", self.pair.key, "-CAcreateserial"]
        files = ["-in", request, "-out", pair.certificate, "-extfile", extensions]
        openssl("x509", "-req", *files, *signer, "-days", days)
        return pair


def openssl(*arguments):
    command = ["openssl", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stderr}"
