"""Kill the writer again and again; every time the last complete generation must open, verify and answer.

    python benchmarks/index/kills.py [--kills 600] [--folder DIR] [--seed 1]

Each round takes a folder with a finished index and an edited corpus, forks a real process that builds or updates, and
ends it with SIGKILL: at the n-th operation on the disk (write, fsync, rename, transaction; every one of them in turn),
or after a random time. Then, as a reader would, it opens what is there, checks every byte, and asks it what only the
old or only the new corpus can answer; and as a writer would, it runs again (with ``resume`` and
without) and compares the result with an index that was never interrupted.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

from fakes.hash_encoder import SMALL, HashEncoder, write_articles

from qa.errors import IndexMissingError
from qa.index import HybridIndex, build, build_index, files, update_index, verify_index
from qa.index.generations import KEPT, finished_generations

EDITED = (
    ("a.txt", "Lavrov meets Kerry\n\nThe ministers met again, in Moscow, and discussed Yemen.\n"),
    ("e.txt", "ميناء جديد\n\nافتتح الوزير الميناء الجديد في جدة.\n"),
    ("f.txt", "Port\n\n" + "The port of Jeddah opened a new quay. " * 40 + "\n"),
)
ONLY_OLD, ONLY_NEW = "ceasefir", "jeddah"


def edit(corpus: Path) -> None:
    write_articles(corpus, EDITED)
    (corpus / "c.txt").unlink()


def contents(index: Path) -> dict[str, str]:
    """Everything of an index that does not depend on how it came about."""
    with HybridIndex.open(index) as opened:
        skipped = {"documents.sqlite", "document_key.npy"}
        found = {name: entry.sha256 for name, entry in opened.manifest.files.items() if name not in skipped}
        found |= {document.id: repr(document) for document in opened.document_page(0, 100)}
    return found


def in_child(work: Callable[[], object]) -> int:
    """Run in a forked process; its exit status, negative for the signal that ended it."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def die_at(number: int) -> None:
    """End this process before its n-th operation on the disk."""
    count = 0

    def hook(operation: str, path: Path) -> None:
        nonlocal count
        count += 1
        if count == number:
            os.kill(os.getpid(), signal.SIGKILL)

    files.before_step = hook


def die_after(seconds: float) -> None:
    """End this process after a time, wherever it is."""
    signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, seconds)


class Scene:
    """A template folder (``corpus`` edited, ``index`` not yet) and what each state must answer."""

    def __init__(self, folder: Path, *, from_nothing: bool) -> None:
        self.template = folder / ("first build" if from_nothing else "update")
        self.from_nothing = from_nothing
        corpus = write_articles(self.template / "corpus", SMALL)
        self.old: dict[str, str] | None = None
        if not from_nothing:
            in_child(lambda: build_index(corpus, self.template / "index", encoder=HashEncoder()))
            self.old = contents(self.template / "index")
        edit(corpus)
        in_child(lambda: build_index(corpus, folder / "never interrupted", encoder=HashEncoder()))
        self.new = contents(folder / "never interrupted")

    def run(self, folder: Path, *, resume: bool = False) -> None:
        """Build or update in small blocks, so that there is something to resume."""
        build._FIRST_BLOCK = 60
        work = build_index if self.from_nothing else update_index
        work(folder / "corpus", folder / "index", encoder=HashEncoder(), resume=resume)

    def check(self, folder: Path) -> str:
        """Open, verify, ask. Returns which generation stands: nothing, old or new."""
        index = folder / "index"
        try:
            opened = HybridIndex.open(index)
        except IndexMissingError:
            if not self.from_nothing:
                raise
            return "nothing"
        with opened:
            is_new = bool(len(opened.lexical({ONLY_NEW: 1.0}, 3)))
            is_old = bool(len(opened.lexical({ONLY_OLD: 1.0}, 3)))
            assert is_new != is_old, "neither the old nor the new corpus answers"
            opened.dense(HashEncoder().encode_questions(["port"])[0], 3)
            opened.passages(range(opened.size))
        report = verify_index(index)
        assert report.sound, report.problems
        assert contents(index) == (self.new if is_new else self.old)
        return "new" if is_new else "old"

    def check_mended(self, folder: Path) -> None:
        """After the next run: the new corpus answers, and nothing is left over."""
        index = folder / "index"
        assert contents(index) == self.new
        assert not (index / "building").exists()
        assert sorted(path.name for path in index.iterdir()) == ["CURRENT", "LOCK", "generations"]
        assert len(finished_generations(index)) <= KEPT
        assert len(list((index / "generations").iterdir())) <= KEPT


def count_steps(scene: Scene, folder: Path) -> int:
    """Operations on the disk of one whole run."""
    shutil.copytree(scene.template, folder)
    reading, writing = os.pipe()

    def work() -> None:
        count = 0

        def hook(operation: str, path: Path) -> None:
            nonlocal count
            count += 1

        files.before_step = hook
        scene.run(folder)
        os.write(writing, str(count).encode())

    assert in_child(work) == 0
    steps = int(os.read(reading, 20))
    shutil.rmtree(folder)
    return steps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=600)
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder by default")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    started = time.perf_counter()
    chance = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        folder = Path(name)
        scenes = [Scene(folder / "a", from_nothing=True), Scene(folder / "b", from_nothing=False)]
        steps = [count_steps(scene, folder / "counted") for scene in scenes]
        print(f"operations on the disk: first build {steps[0]}, update {steps[1]}")
        plan = [
            (scene, number, resume)
            for scene, count in zip(scenes, steps, strict=True)
            for number in range(1, count + 1)
            for resume in (False, True)
        ]
        chance.shuffle(plan)
        plan = plan[: arguments.kills * 3 // 4]
        outcomes: dict[str, int] = {}
        kills = done = 0
        while kills < arguments.kills:
            scene, number, resume = plan[done] if done < len(plan) else (chance.choice(scenes), 0, done % 2 == 1)
            room = folder / "room"
            shutil.copytree(scene.template, room)

            def die(number: int = number) -> None:
                if number:
                    die_at(number)
                else:
                    die_after(chance.uniform(0.001, 0.12))

            status = in_child(lambda: (die(), scene.run(room)))  # noqa: B023
            killed = status == -signal.SIGKILL
            assert killed or (status == 0 and not number), f"status {status} at operation {number}"
            kills += killed
            state = scene.check(room)
            if killed and done % 3 == 0:  # killed once more while mending
                again = chance.randint(1, steps[scenes.index(scene)])
                status = in_child(lambda: (die_at(again), scene.run(room, resume=resume)))  # noqa: B023
                assert status in {0, -signal.SIGKILL}
                kills += status != 0
                state += f", then {scene.check(room)}"
            assert in_child(lambda: scene.run(room, resume=resume)) == 0  # noqa: B023
            scene.check_mended(room)
            shutil.rmtree(room)
            outcome = f"{scene.template.name}, {'killed' if killed else 'finished'}: {state} corpus answers"
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
            done += 1
            chance.random()
        by_step = min(len(plan), done)
        print(f"{kills} kills in {done} rounds ({by_step} rounds at a chosen operation, the rest at random times)")
        for outcome, count in sorted(outcomes.items()):
            print(f"  {count:5d}  {outcome}")
        print(f"nothing lost, every next run mended everything; {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
