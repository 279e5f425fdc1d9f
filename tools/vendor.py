"""Fetches the third-party files of the pages, as `vendor.toml` names them, and writes their hashes.

    python -m tools.vendor           fetch and write
    python -m tools.vendor --check   compare the files with the lock; fetches nothing

A tool of maintainers: it needs `npm`, which takes packages from wherever the machine is configured to. The files are
in the repository, and a test compares them with the lock.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PLACE = Path("src/tocsin/web/static/vendor")


def main(arguments: Sequence[str]) -> int:
    """Fetch, or check; 1 when a file is not as the lock says."""
    if "--check" in arguments:
        wrong = differences(PLACE)
        print("\n".join(wrong) or "all files are as the lock says")
        return 1 if wrong else 0
    wanted = tomllib.loads((PLACE / "vendor.toml").read_text(encoding="utf-8"))["package"]
    lock = [fetch(package, PLACE) for package in wanted]
    (PLACE / "vendor.lock.json").write_text(json.dumps(lock, indent=2) + "\n", encoding="utf-8")
    return 0


def fetch(package: dict[str, Any], place: Path) -> dict[str, Any]:
    """Put the files of one package into place; what the lock says of it."""
    files: dict[str, dict[str, object]] = {}
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", f"{package['name']}@{package['version']}"]
        name = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.split()[-1]
        archive = Path(folder, name)
        packed = hashlib.sha256(archive.read_bytes()).hexdigest()
        with tarfile.open(archive) as held:
            for file in package["files"]:
                member = held.extractfile(f"package/{file['from']}")
                assert member is not None, f"{package['name']} holds no {file['from']}"
                body = _without_map(member.read())
                (place / file["to"]).write_bytes(body)
                files[file["to"]] = {"from": file["from"], "sha256": _sha256(body), "bytes": len(body)}
    said = {key: package[key] for key in ("name", "version", "licence")}
    return {**said, "archive_sha256": packed, "files": files}


def differences(place: Path) -> list[str]:
    """One sentence for each file that is not as the lock says, is missing, or is in no lock."""
    lock = json.loads((place / "vendor.lock.json").read_text(encoding="utf-8"))
    locked = {name: said["sha256"] for package in lock for name, said in package["files"].items()}
    present = {path.name for path in place.iterdir()} - {"vendor.toml", "vendor.lock.json"}
    found = [f"{name} is in no lock" for name in sorted(present - set(locked))]
    for name, sha256 in sorted(locked.items()):
        if name not in present:
            found.append(f"{name} is missing")
        elif _sha256((place / name).read_bytes()) != sha256:
            found.append(f"{name} is not what was fetched")
    return found


def _without_map(body: bytes) -> bytes:
    """The file without its pointer to a source map, which is not kept (a browser would ask for it in vain)."""
    lines = body.splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(b"//# sourceMappingURL="))


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
