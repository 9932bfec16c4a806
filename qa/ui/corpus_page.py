"""The archive: what is indexed, adding to it, bringing the index up to date, and what the last build left out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from qa.datatypes import Document
from qa.ui.build_view import build_outcome, build_progress
from qa.ui.corpus_facts import corpus_facts
from qa.ui.feedback_row import feedback_export
from qa.ui.filter_bar import filter_bar
from qa.ui.frame import Frame
from qa.ui.markup import escaped, markdown_escaped, tongue, visible, web_address
from qa.ui.message import problem_html
from qa.ui.uploads import accepted, save_upload
from qa.ui.wording import Wording, named

if TYPE_CHECKING:
    from qa.index import Statistics

_PAGE = 20
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
    filter_bar(frame)
    _folder(frame)
    _report(facts, words)
    feedback_export(frame)
    _articles(frame, facts)


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


def histogram_html(facts: Statistics, words: Wording) -> str:
    """Articles a month as bars, months without any included; left to right in both languages, as time runs here."""
    html = f'<h2 class="qa-label">{escaped(words.dates)}</h2>'
    months = every_month(facts.months)
    if months:
        highest = max(count for _, count in months)
        bars = "".join(
            f'<div style="height:{max(2, round(100 * count / highest)) if count else 0}%" '
            f'title="{escaped(words.month(month))}: {escaped(words.articles.of(count))}"></div>'
            for month, count in months
        )
        first, last = words.month(months[0][0]), words.month(months[-1][0])
        label = words.dated.format(first=first, last=last)
        html += f'<div class="qa-histogram" role="img" aria-label="{escaped(label)}">{bars}</div>'
        html += f'<div class="qa-ends" aria-hidden="true"><span>{escaped(first)}</span>'
        html += f"<span>{escaped(last) if last != first else ''}</span></div>"
    if facts.undated:
        html += f'<p class="qa-detail">{escaped(words.undated.of(facts.undated))}</p>'
    return html


def counts_html(facts: Statistics, words: Wording) -> str:
    """Articles by language and by source."""
    languages = [(named(words.language_names, language), count) for language, count in facts.languages]
    sources = [(source or words.unnamed_source, count) for source, count in facts.sources]
    html = ""
    for label, rows in ((words.languages, languages), (words.sources, sources)):
        body = "".join(
            f'<tr><th scope="row"><bdi>{escaped(name)}</bdi></th><td><bdi>{count:,}</bdi></td></tr>'
            for name, count in rows
        )
        html += f'<h2 class="qa-label">{escaped(label)}</h2><table class="qa-counts">{body}</table>'
    return html


def every_month(months: tuple[tuple[str, int], ...]) -> list[tuple[str, int]]:
    """The months in order, those between first and last without articles as 0."""
    if not months:
        return []
    counts = dict(months)
    year, month = (int(piece) for piece in months[0][0].split("-"))
    filled = []
    while (name := f"{year:04d}-{month:02d}") <= months[-1][0]:
        filled.append((name, counts.get(name, 0)))
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return filled


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


def _articles(frame: Frame, facts: Statistics) -> None:
    words, assistant = frame.words, frame.assistant()
    st.html(f'<h2 class="qa-label">{escaped(words.article_list)}</h2>')
    wanted = st.text_input(words.find, key="find", placeholder=words.find, label_visibility="collapsed").strip()
    if wanted:
        found = {hit.document.id: hit.document for hit in assistant.search(wanted, top_k=_PAGE)}
        documents = list(found.values())
    else:
        pages = max(1, -(-facts.documents // _PAGE))
        page = 1 if pages == 1 else st.number_input(words.page, 1, pages, key="page_number", width=140)
        documents = assistant.index.document_page((page - 1) * _PAGE, _PAGE)
    if not documents:
        st.caption(words.no_articles)
        return
    items = "".join(_article(document, words) for document in documents)
    st.html(f'<ul class="qa-list">{items}</ul>')


def _article(document: Document, words: Wording) -> str:
    title = document.title or words.no_title
    address = web_address(document.url)
    name = escaped(title)
    if address:
        name = f'<a href="{escaped(address)}" target="_blank" rel="noopener noreferrer nofollow">{name}</a>'
    issue = words.issue.format(number=document.issue) if document.issue else ""
    facts = " · ".join(
        f"<bdi>{escaped(fact)}</bdi>" for fact in (document.source or "", words.date(document.date), issue) if fact
    )
    return f"<li><span {tongue(title)}>{name}</span><small>{facts}</small></li>"
