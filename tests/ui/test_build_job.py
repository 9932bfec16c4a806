"""Builds in the background: progress, time left, failure, cancelling; assistants exchanged when they are done."""

from __future__ import annotations

import threading
from pathlib import Path

from fakes.fake_assistant import FakeAssistant, FakeBackend

from qa.datatypes import Progress
from qa.errors import CorpusError
from qa.ui.archive import Archive
from qa.ui.build_job import BuildJob, BuildProgress
from qa.ui.build_view import progress_text
from qa.ui.english import ENGLISH
from qa.ui.settings import Settings


def test_progress_and_time_left_of_a_stage() -> None:
    clock = iter([0.0, 10.0, 13.0]).__next__
    reported, checked = threading.Event(), threading.Event()

    def work(progress: Progress) -> None:
        progress("vectors", 25, 100)
        reported.set()
        checked.wait(5)

    job = BuildJob(work, clock=clock).start()
    assert reported.wait(5)
    moment = job.progress()
    assert (moment.state, moment.stage, moment.fraction, moment.stage_seconds) == ("running", "vectors", 0.25, 3.0)
    assert moment.seconds_left == 9.0
    assert progress_text(moment, ENGLISH) == "Computing vectors · 25 / 100 · about 9 seconds left"
    checked.set()
    job.wait(5)
    assert job.progress().state == "done"


def test_time_left_waits_for_a_pace() -> None:
    assert BuildProgress("running").seconds_left is None
    assert BuildProgress("running", "names", 1, 10, 0.5).seconds_left is None
    assert BuildProgress("running", "passages", 70, None, 9.0).fraction is None
    assert progress_text(BuildProgress("running"), ENGLISH) == "Getting started"
    assert progress_text(BuildProgress("running", "passages", 1200), ENGLISH) == "Splitting into passages · 1,200"


def test_failures_are_told_in_the_words_of_the_error() -> None:
    def fail(progress: Progress) -> None:
        raise CorpusError("a.csv:3: no text column", mend="Name one")

    job = BuildJob(fail).start()
    job.wait(5)
    assert (job.progress().state, job.progress().error) == ("failed", "a.csv:3: no text column. Name one")
    job = BuildJob(lambda progress: {}["names"]).start()
    job.wait(5)
    assert job.progress().error == "KeyError: 'names'"


def test_cancelling_stops_at_the_next_report() -> None:
    began, cancelled = threading.Event(), threading.Event()

    def work(progress: Progress) -> None:
        progress("passages", 1, 2)
        began.set()
        cancelled.wait(5)
        progress("passages", 2, 2)
        raise AssertionError("went on")

    job = BuildJob(work).start()
    assert began.wait(5)
    job.cancel()
    cancelled.set()
    job.wait(5)
    assert job.progress().state == "cancelled"


def test_the_old_assistant_answers_until_the_new_index_is_there(tmp_path: Path) -> None:
    backend = FakeBackend(FakeAssistant())
    archive = Archive(Settings(tmp_path / "index", tmp_path, tmp_path), backend)
    old = archive.assistant("extractive")
    assert archive.assistant("extractive") is old
    job = archive.start_build(update=True)
    assert archive.start_build(update=False) is job or not archive.building()
    job.wait(5)
    assert backend.builds[0] == "update"
    new = archive.assistant("extractive")
    assert new is not old
    assert new.index is not old.index
    archive.forget_job()
    assert archive.job is None


def test_another_folder_becomes_the_archives_folder(tmp_path: Path) -> None:
    archive = Archive(Settings(tmp_path / "index", tmp_path, tmp_path), FakeBackend())
    archive.start_build(update=False, corpus=tmp_path / "other").wait(5)
    assert archive.corpus == tmp_path / "other"
