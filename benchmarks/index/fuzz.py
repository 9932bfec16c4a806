"""Feed the corpus readers, questions, filters and index files with whatever may come: no traceback, hang or crash.

    python benchmarks/index/fuzz.py [--cases 100000] [--engine random|hypothesis|atheris] [--targets readers …]

Every case is a string of bytes that the target reads as its input; only the project's own errors may come out of it,
within ``SECONDS`` and under ``MEMORY``. ``random`` changes well-formed examples, ``hypothesis`` draws and shrinks, and
``atheris`` follows the branches that the code takes (it has to be installed: ``pip install atheris``).

    readers    the bytes are a corpus file: text, Markdown, HTML, JSON Lines, CSV, each packed as well; Word, PDF
    questions  the bytes are a question with filters and a number of passages, asked of a small index
    files      the bytes say what is done to one file of a finished index: ``verify`` must find it,
               opening and asking must answer or refuse
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import json
import os
import random
import resource
import shutil
import signal
import struct
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

if "atheris" in sys.argv:
    import atheris

    with atheris.instrument_imports(include=["qa"]):  # what is imported here is followed branch by branch
        for name in ("assistant", "corpus", "index.build", "index.hybrid", "index.verify"):
            importlib.import_module(f"qa.{name}")

from corpus.builders import pdf_bytes, write_docx
from fakes.hash_encoder import SMALL, HashEncoder, write_articles

from qa.assistant import Assistant
from qa.corpus import Limits, iter_documents
from qa.datatypes import Filters
from qa.errors import QaError
from qa.index import HybridIndex, build_index, verify_index
from qa.passages import split_document

SECONDS = 10
MEMORY = 8 << 30
ENDINGS = ("txt", "md", "html", "jsonl", "csv", "tsv", "txt.gz", "jsonl.gz", "html.gz", "csv.gz", "docx", "pdf")
SLOW = ("docx", "pdf")
"""A PDF is read in a process of its own, a Word file by another package: fewer cases of these."""

Case = Callable[[bytes], None]


class Readers:
    """A corpus file of any format; what is read is split into passages as a build would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "readers"
        self.folder.mkdir()
        write_docx(folder / "sample.docx", "العنوان", "قال الوزير إن الميناء افتتح.")
        text = "العنوان\n\nقال الوزير إن الميناء افتتح. The port opened in 2015.\nالعدد 1105 - 01/5/2024\n".encode()
        record = json.dumps({"id": "a", "title": "Port", "date": "2015-07-31", "text": "The port. الميناء"}).encode()
        table = b'id,title,text,date\n1,Port,"The port, a quay",31/7/2015\n'
        page = "<html><head><title>Port</title></head><body><p>The port &amp; the quay<br>الميناء</p></body></html>"
        self.samples = [text, text, page.encode(), record, table, table.replace(b",", b"\t")]
        self.samples += [text, record, page.encode(), table, (folder / "sample.docx").read_bytes(), pdf_bytes("words")]
        self.seeds = [bytes([place]) + sample for place, sample in enumerate(self.samples)]

    def __call__(self, data: bytes) -> None:
        if not data:
            return
        ending = ENDINGS[data[0] % len(ENDINGS)]
        if ending in SLOW and (len(data) < 2 or data[1] % 128):
            ending = "txt"
        content = data[1:]
        path = self.folder / f"a.{ending}"
        path.write_bytes(gzip.compress(content, 1) if ending.endswith("gz") and data[-1] % 4 else content)
        try:
            for document in iter_documents(self.folder, on_bad=lambda bad: None, limits=Limits(seconds=5)):
                document.text.encode()
                for passage in split_document(document):
                    assert document.text[passage.start : passage.end] == passage.text
        finally:
            path.unlink()


class Questions:
    """A question, filters and a number of passages."""

    def __init__(self, folder: Path) -> None:
        corpus = write_articles(folder / "questions", SMALL)
        build_index(corpus, folder / "asked")
        self.assistant = Assistant.open(folder / "asked")
        asked = (
            "what did Lavrov and Kerry discuss?",
            "ماذا بحث لافروف وكيري؟",
            'who said "oil" in May 2015?',
            "١٢ مايو US U.S. 3.5%",
        )
        self.seeds = [bytes([place, 10]) + question.encode() for place, question in enumerate(asked)]

    def __call__(self, data: bytes) -> None:
        if len(data) < 3:
            return
        kind, count = data[0], data[1]
        rest = data[2:]
        text = rest.decode("utf-8", "replace")
        if kind & 128:  # code units as they come: halves of pairs, controls, anything
            text = "".join(map(chr, struct.unpack(f"<{len(rest) // 2}H", rest[: len(rest) // 2 * 2])))
        if kind & 32 and rest[0] % 16 == 0:
            text *= 1 + 10_000 // (len(text) + 1)
        filters = None
        if kind & 16:
            parts = text.split(" ")
            filters = Filters(
                date_from=parts[0] or None, sources=tuple(parts[1:3]), languages=("ar",) if kind & 8 else ()
            )
        answer = self.assistant.ask(text, top_k=count % 40, filters=filters)
        for citation in answer.citations:
            document = self.assistant.index.document(citation.document_id)
            assert document.text[citation.start : citation.end] == citation.quote


class Files:
    """A change of one file of an index: a byte, a cut, something added, something else in its place."""

    def __init__(self, folder: Path) -> None:
        corpus = write_articles(folder / "files", SMALL)
        self.index = folder / "index"
        build_index(corpus, self.index, encoder=HashEncoder())
        self.paths = sorted(
            path for path in self.index.rglob("*") if path.is_file() and path.name not in {"LOCK", "IN-USE"}
        )
        self.question = HashEncoder().encode_questions(["port"])[0]
        self.seeds = [bytes([place, change, 0, 7, 1]) for place in range(len(self.paths)) for change in range(4)]

    def __call__(self, data: bytes) -> None:
        if len(data) < 5:
            return
        path = self.paths[data[0] % len(self.paths)]
        whole = path.read_bytes()
        place = int.from_bytes(data[2:4], "big") % max(1, len(whole))
        changed = {
            0: whole[:place] + bytes([whole[place] ^ (data[4] or 1)]) + whole[place + 1 :] if whole else b"x",
            1: whole[:place],
            2: whole + data[4:],
            3: data[4:],
        }[data[1] % 4]
        if changed == whole:
            return
        try:
            path.write_bytes(changed)
            report = verify_index(self.index)
            assert not report.sound, f"{path.name} was changed and found sound"
            assert all(problem.path and problem.what for problem in report.problems)
            with HybridIndex.open(self.index) as opened:
                opened.lexical({"port": 1.0, "lavrov": 0.5}, 5)
                opened.passages(opened.dense(self.question, 3).rows)
                opened.lexical_parts(opened.dense(self.question, 3).rows, ["port", "oil"])
                opened.match_names(["Lavrov", "Kerry"], 5)
                opened.match_variants("وزير", 5, 0.4)
        finally:
            path.write_bytes(whole)


TARGETS: dict[str, Callable[[Path], Readers | Questions | Files]] = {
    "readers": Readers,
    "questions": Questions,
    "files": Files,
}


def guarded(case: Case, data: bytes) -> None:
    """One case: the project's own errors are what bad input is for; anything else goes up."""
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        case(data)
    except QaError:
        pass
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def too_slow(*_: object) -> None:
    raise TimeoutError(f"a case took more than {SECONDS} s")


def mutated(seed: bytes, chance: random.Random) -> bytes:
    """A sample with a few bytes changed, left out, repeated or put in."""
    data = bytearray(seed)
    odd = (
        b"\0",
        b"\xff\xfe",
        "\u202e\u200f".encode(),
        b"\xed\xa0\x80",
        b'"',
        b"<",
        b"\\u0000",
        b"\n" * 9,
        "ـ".encode() * 9,
    )
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.choice((0, 1, 1, 4, 64)))
        put = chance.choice(
            (b"", bytes([chance.randrange(256)]), chance.choice(odd), bytes(data[start:end]) * chance.randrange(1, 40))
        )
        data[start:end] = put
    if chance.random() < 0.5 and data:
        data[0] = chance.randrange(256)
    return bytes(data)


def run_random(case: Readers | Questions | Files, cases: int, seed: int) -> int:
    chance = random.Random(seed)
    for _ in range(cases):
        data = mutated(chance.choice(case.seeds), chance)
        try:
            guarded(case, data)
        except BaseException:
            print(f"failed on {data!r}")
            raise
    return cases


def run_hypothesis(case: Readers | Questions | Files, cases: int, seed: int) -> int:
    import hypothesis
    from hypothesis import strategies as st

    drawn = 0
    pieces = st.one_of(
        st.binary(max_size=300), st.text(max_size=120).map(lambda text: text.encode("utf-8", "surrogatepass"))
    )

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=cases, deadline=None, database=None, suppress_health_check=list(hypothesis.HealthCheck)
    )
    @hypothesis.given(st.binary(min_size=2, max_size=2), st.sampled_from(case.seeds), pieces, st.integers(0, 400))
    def run(head: bytes, sample: bytes, piece: bytes, place: int) -> None:
        nonlocal drawn
        drawn += 1
        body = sample[1:]
        guarded(case, head[:1] + body[: place % (len(body) + 1)] + piece + body[place % (len(body) + 1) :])

    run()
    return drawn


def run_atheris(case: Readers | Questions | Files, cases: int, seed: int, corpus: Path) -> int:
    """In a process of its own, for libFuzzer ends the one that it runs in."""
    import atheris

    corpus.mkdir()
    for number, sample in enumerate(case.seeds):
        (corpus / str(number)).write_bytes(sample)
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGALRM, too_slow)
        arguments = [
            sys.argv[0],
            f"-runs={cases}",
            f"-seed={seed}",
            "-max_len=4096",
            "-print_final_stats=1",
            str(corpus),
        ]
        atheris.Setup(arguments, lambda data: guarded(case, data))
        atheris.Fuzz()
    _, status = os.waitpid(child, 0)
    if status:
        sys.exit(f"atheris found a failure (status {os.waitstatus_to_exitcode(status)})")
    return cases


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=100_000, help="of all targets together")
    parser.add_argument("--engine", choices=("random", "hypothesis", "atheris"), default="random")
    parser.add_argument("--targets", nargs="*", choices=tuple(TARGETS), default=list(TARGETS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder by default")
    arguments = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, too_slow)
    folder = Path(tempfile.mkdtemp(dir=arguments.folder))
    try:
        for target in arguments.targets:
            started = time.perf_counter()
            case = TARGETS[target](folder)
            share = arguments.cases // len(arguments.targets)
            if arguments.engine == "atheris":
                done = run_atheris(case, share, arguments.seed, folder / f"{target}-samples")
            else:
                done = (run_random if arguments.engine == "random" else run_hypothesis)(case, share, arguments.seed)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{arguments.engine}, {target}: {done:,} cases without a traceback or hang; "
                  f"{time.perf_counter() - started:.0f} s, peak {peak:.0f} MiB", flush=True)  # fmt: skip
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
