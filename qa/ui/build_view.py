"""A build as it goes: stage, bar, time left, and how it ended; and the very first build, which has the page alone."""

from __future__ import annotations

import streamlit as st

from qa.ui.build_job import BuildProgress
from qa.ui.corpus_facts import corpus_facts
from qa.ui.frame import Frame
from qa.ui.markup import escaped
from qa.ui.message import problem_html
from qa.ui.wording import Wording, named

_LOOK_SECONDS = 0.4


def first_build_page(frame: Frame) -> None:
    """Build the index that is not there yet, then go on to the chat by itself."""
    words, archive = frame.words, frame.archive
    if archive.job is None:
        if not archive.corpus.exists():
            st.html(problem_html(words.no_corpus.format(path=archive.corpus)))
            return
        archive.start_build(update=False)
    st.html(
        f'<header class="qa-hero"><h1>{escaped(words.first_build)}</h1>'
        f"<p>{escaped(words.first_build_note)}</p></header>"
    )
    build_progress(frame, "first")


@st.fragment(run_every=_LOOK_SECONDS)
def build_progress(frame: Frame, place: str) -> None:
    """The running build, looked at again every moment; the whole page is drawn again once it has ended.

    ``place`` tells apart those that one page shows.
    """
    words, job = frame.words, frame.archive.job
    if job is None:
        return
    progress = job.progress()
    if progress.state == "running":
        st.session_state["watched_build"] = True
        fraction = progress.fraction
        st.progress(fraction if fraction is not None else 0.0, text=progress_text(progress, words))
        st.button(words.cancel_build, key=f"cancel_build_{place}", type="tertiary", on_click=job.cancel)
    elif st.session_state.pop("watched_build", False):
        st.rerun()
    elif progress.state == "failed":
        st.html(problem_html(words.build_failed, progress.error))
        st.button(words.try_again, key=f"forget_build_{place}", on_click=frame.archive.forget_job)
    elif progress.state == "cancelled":
        st.html(problem_html(words.cancelled))
        st.button(words.try_again, key=f"forget_build_{place}", on_click=frame.archive.forget_job)


def build_outcome(frame: Frame) -> None:
    """A line about the build that ended well."""
    job = frame.archive.job
    if job is not None and job.progress().state == "done":
        facts, words = corpus_facts(frame.assistant()), frame.words
        st.success(
            words.built_now.format(
                articles=words.articles.of(facts.documents), passages=words.passages.of(facts.passages)
            )
        )


def progress_text(progress: BuildProgress, words: Wording) -> str:
    """``Computing vectors · 1,200 / 4,000 · about 12 seconds left``."""
    pieces = [named(words.stages, progress.stage) if progress.stage else words.starting]
    if progress.total:
        pieces.append(f"{progress.done:,} / {progress.total:,}")
    elif progress.done:
        pieces.append(f"{progress.done:,}")
    if progress.seconds_left is not None:
        pieces.append(words.time_left.format(duration=words.duration(progress.seconds_left)))
    return " · ".join(pieces)
