"""The archive: what is indexed, adding to it, bringing the index up to date, and what the last build left out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from qa.ui.article_list import article_list
from qa.ui.build_view import build_outcome, build_progress
from qa.ui.corpus_facts import corpus_facts
from qa.ui.feedback_row import feedback_export
from qa.ui.frame import Frame
from qa.ui.histogram import histogram_html
from qa.ui.markup import escaped, markdown_escaped, visible
from qa.ui.message import problem_html
from qa.ui.uploads import accepted, save_upload
from qa.ui.wording import Wording, named

if TYPE_CHECKING:
    from qa.index import Statistics

_SOURCES_SHOWN = 6
_REPORT_SHOWN = 200


def corpus_page(frame: Frame) -> None:
    """Draw the page; while a build runs it says how far it is."""
    words, archive = frame.words, frame.archive
    facts = corpus_facts(frame.assistant())
    st.html(f'<h1 class="qa-question">{escaped(words.corpus)}</h1>{figures_html(facts, words)}')
    if archive.job is not None:
        st.caption(words.keeps_answering) if archive.building() else None
        build_progress(frame, "archive")
        build_outcome(frame)
    st.html(histogram_html(facts, words) + counts_html(facts, words))
    _folder(frame)
    _report(facts, words)
    feedback_export(frame)
    article_list(frame, facts.documents)


def figures_html(facts: Statistics, words: Wording) -> str:
    """The two figures that matter, large."""
    pairs = [
        (f"{number:,}", form.of(number).replace(f"{number:,}", "").strip())
        for number, form in ((facts.documents, words.articles), (facts.passages, words.passages))
    ]
    return (
        '<div class="qa-figures">'
        + "".join(f"<span><b>{number}</b>{escaped(label)}</span>" for number, label in pairs)
        + "</div>"
    )


def counts_html(facts: Statistics, words: Wording) -> str:
    """Articles by language and by source, the smaller sources folded away."""
    languages = [(named(words.language_names, language), count) for language, count in facts.languages]
    sources = [(source or words.unnamed_source, count) for source, count in facts.sources]
    html = f'<h2 class="qa-label">{escaped(words.languages)}</h2>{_counts(languages)}'
    html += f'<h2 class="qa-label">{escaped(words.sources)}</h2>{_counts(sources[:_SOURCES_SHOWN])}'
    if len(sources) > _SOURCES_SHOWN:
        more = words.more_sources.of(len(sources) - _SOURCES_SHOWN)
        rest = _counts(sources[_SOURCES_SHOWN:])
        html += f'<details class="qa-more"><summary>{escaped(more)}</summary>{rest}</details>'
    return html


def _counts(rows: list[tuple[str, int]]) -> str:
    body = "".join(
        f'<tr><th scope="row"><bdi>{escaped(name)}</bdi></th><td><bdi>{count:,}</bdi></td></tr>' for name, count in rows
    )
    return f'<table class="qa-counts">{body}</table>'


def _folder(frame: Frame) -> None:
    words, archive = frame.words, frame.archive
    folders = {"corpus": archive.corpus, "index": frame.settings.index}
    paths = {name: f'<bdi dir="ltr">{escaped(str(path))}</bdi>' for name, path in folders.items()}
    place = escaped(words.location).format(**paths)
    manifest = frame.assistant().index.manifest
    made = f"{escaped(words.built.format(when=words.date(manifest.built_at[:10])))} · {escaped(words.model)}: "
    st.html(
        f'<h2 class="qa-label">{escaped(words.location_heading)}</h2><p class="qa-detail">{place}</p>'
        f'<p class="qa-detail">{made}<bdi>{escaped(manifest.encoder_name)}</bdi></p>'
    )
    _changes(frame)
    busy = archive.building()
    with st.container(horizontal=True):
        st.button(
            words.update,
            key="update",
            type="primary",
            help=words.update_hint,
            disabled=busy,
            on_click=_build,
            args=(frame, True),
        )
        st.button(
            words.rebuild, key="rebuild", help=words.rebuild_hint, disabled=busy, on_click=_build, args=(frame, False)
        )
    with st.expander(words.upload, icon=":material/upload_file:", key="upload_area"):
        _upload(frame)
    if frame.settings.local:
        with st.expander(words.folder, icon=":material/folder_open:", key="folder_area"):
            _other_folder(frame)


@st.fragment(run_every=2)
def _changes(frame: Frame) -> None:
    """What an update would change, as soon as the folder has been looked through."""
    words, looking = frame.words, frame.archive.changes()
    changes = looking.found()
    if changes is None:
        st.caption("" if looking.done else markdown_escaped(words.looking))
    elif changes.any:
        counts = {"added": len(changes.added), "changed": len(changes.changed), "removed": len(changes.removed)}
        st.caption(markdown_escaped(words.outdated.format(**counts)))
    else:
        st.caption(markdown_escaped(words.up_to_date))


def _build(frame: Frame, update: bool) -> None:
    frame.archive.start_build(update=update)


def _upload(frame: Frame) -> None:
    words = frame.words
    with st.form("upload", border=False, clear_on_submit=True):
        files = st.file_uploader(
            words.upload, accept_multiple_files=True, label_visibility="collapsed", help=None, key="uploads"
        )
        st.caption(markdown_escaped(words.upload_hint))
        if st.form_submit_button(words.upload) and files:
            refused = [file.name for file in files if not accepted(file.name)]
            for name in refused:
                st.html(problem_html(words.upload_refused.format(name=visible(name))))
            kept = [file for file in files if file.name not in refused]
            for file in kept:
                save_upload(frame.archive.corpus, file.name, file.getvalue())
            if kept:
                st.success(words.uploaded.format(files=words.files.of(len(kept))))


def _other_folder(frame: Frame) -> None:
    words = frame.words
    with st.form("folder", border=False):
        path = st.text_input(words.folder, value=str(frame.archive.corpus), help=words.folder_hint, key="folder_path")
        if st.form_submit_button(words.use_folder):
            if Path(path).expanduser().is_dir():
                frame.archive.start_build(update=False, corpus=Path(path).expanduser())
                st.rerun()
            st.html(problem_html(words.folder_missing.format(path=visible(path))))


def _report(facts: Statistics, words: Wording) -> None:
    with st.expander(words.report, icon=":material/fact_check:", key="report_area"):
        st.html(
            _report_list(words.skipped, facts.skipped, words.nothing_skipped, "{path}")
            + _report_list(words.duplicates, facts.duplicates, words.nothing_duplicate, words.duplicate_of)
        )


def _report_list(heading: str, rows: tuple[tuple[str, str], ...], nothing: str, phrase: str) -> str:
    html = f'<h2 class="qa-label">{escaped(heading)}</h2>'
    if not rows:
        return html + f'<p class="qa-detail">{escaped(nothing)}</p>'
    items = "".join(
        f'<li><bdi>{escaped(path)}</bdi><small dir="auto">{escaped(phrase.format(path=other))}</small></li>'
        for path, other in rows[:_REPORT_SHOWN]
    )
    more = f'<p class="qa-detail">+ {len(rows) - _REPORT_SHOWN:,}</p>' if len(rows) > _REPORT_SHOWN else ""
    return f'{html}<ul class="qa-list">{items}</ul>{more}'
