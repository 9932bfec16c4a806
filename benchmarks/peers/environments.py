"""A virtual environment for each peer, outside the checkout: ``python benchmarks/peers/environments.py --work DIR``.

torch and sentence-transformers, which every peer here loads its encoder with, are installed once into ``DIR/base``;
the environment of a peer sees them through a ``.pth`` file and holds only what that peer adds. Its size is therefore
given twice: what it adds, and that with the base. A peer that cannot be installed is named with pip's last lines and
skipped.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BASE = ["torch>=2.4,<2.14", "sentence-transformers>=6.2"]
PACKAGES = {
    "ours": ["this checkout"],
    "langchain": ["langchain-community", "langchain-classic", "langchain-huggingface", "faiss-cpu", "rank-bm25"],
    "haystack": ["haystack-ai", "sentence-transformers-haystack"],
    "llamaindex": ["llama-index-core", "llama-index-retrievers-bm25", "llama-index-embeddings-huggingface"],
    "txtai": ["txtai"],
    "lancedb": ["lancedb"],
    "milvus": ["pymilvus[milvus-lite]"],
    "rank_bm25": ["rank-bm25", "faiss-cpu"],
    "bm25s": ["bm25s", "PyStemmer", "faiss-cpu"],
}
"""Peer → what its documentation says to install. ``ours`` is this checkout, measured by the same harness."""
NAMED = {
    "ours": "qa",
    "langchain": "langchain-community",
    "haystack": "haystack-ai",
    "llamaindex": "llama-index-core",
    "milvus": "milvus-lite",
    "rank_bm25": "rank-bm25",
}
"""The package whose version stands for a peer, where it is not the peer's own name."""


def python_of(work: Path, peer: str) -> Path:
    """Return the interpreter of a peer's environment."""
    return work / "environments" / peer / "bin" / "python"


def site_of(environment: Path) -> Path:
    """Return the folder that packages of an environment lie in."""
    return environment / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"


def megabytes(folder: Path) -> float:
    """Return the size of the files under a folder in MB (2**20 bytes); hard links and pip itself do not count."""
    seen = {
        (status.st_dev, status.st_ino): status.st_size
        for path in folder.rglob("*")
        if path.is_file()
        and not path.is_symlink()
        and path.relative_to(folder).parts[0].split("-")[0] not in ("pip", "setuptools", "_distutils_hack")
        for status in [path.stat()]
    }
    return round(sum(seen.values()) / 2**20, 1)


def install(environment: Path, packages: list[str], base: Path | None) -> tuple[bool, str]:
    """Create an environment that sees ``base`` and install into it; say whether that worked, and pip's last lines."""
    if not environment.exists():
        venv.create(environment, with_pip=True)
    if base is not None:
        (site_of(environment) / "base.pth").write_text(f"{site_of(base)}\n", encoding="utf-8")
    command = [str(environment / "bin" / "python"), "-m", "pip", "install", "-q", *packages]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return done.returncode == 0, done.stderr.strip()[-600:]


def copy_of_checkout(work: Path) -> Path:
    """Return a folder with the files that are under version control; building in the checkout would leave traces."""
    target = work / "checkout"
    target.mkdir(parents=True, exist_ok=True)
    packed = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True).stdout
    subprocess.run(["tar", "-x", "-C", str(target)], input=packed, check=True)
    return target


def version_of(work: Path, peer: str) -> str:
    """Return the version of the package that stands for a peer."""
    script = "import sys, importlib.metadata as m; print(m.version(sys.argv[1]))"
    command = [str(python_of(work, peer)), "-c", script, NAMED.get(peer, peer)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def install_all(work: Path, peers: list[str]) -> dict[str, dict[str, object]]:
    """Install the base and every peer asked for; return what each weighs, or why it could not be installed."""
    base = work / "base"
    worked, said = install(base, BASE, None)
    if not worked:
        sys.exit(f"the base could not be installed:\n{said}")
    base_mb = megabytes(site_of(base))
    found: dict[str, dict[str, object]] = {}
    for peer in peers:
        start = time.perf_counter()
        environment = work / "environments" / peer
        packages = [str(copy_of_checkout(work))] if peer == "ours" else PACKAGES[peer]
        worked, said = install(environment, packages, base)
        seconds = round(time.perf_counter() - start, 1)
        if not worked:
            print(f"SKIPPED {peer}: not installable\n{said}", file=sys.stderr, flush=True)
            found[peer] = {"skipped": said.splitlines()[-1] if said else "pip failed"}
            continue
        own = megabytes(site_of(environment))
        found[peer] = {
            "version": version_of(work, peer),
            "own_mb": own,
            "with_base_mb": round(own + base_mb, 1),
            "packages": PACKAGES[peer],
        }
        print(f"{peer}: {own} MB of its own, {own + base_mb:.0f} MB with the base, {seconds} s", file=sys.stderr)
    return found


def main() -> None:
    """Install the peers named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="a folder outside the checkout")
    parser.add_argument("peers", nargs="*", help="default: all")
    options = parser.parse_args()
    chosen = options.peers or list(PACKAGES)
    found = install_all(options.work, chosen)
    target = Path(__file__).parent / "results" / "install.json"
    target.parent.mkdir(exist_ok=True)
    held = json.loads(target.read_text(encoding="utf-8")) if target.exists() else {}
    target.write_text(json.dumps(held | found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
