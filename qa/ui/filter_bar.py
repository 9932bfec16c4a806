"""Which part of the archive is asked: dates, sources, languages, and what is chosen in words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from qa.datatypes import Filters, Language
from qa.ui.corpus_facts import corpus_facts, date_bounds
from qa.ui.frame import Frame
from qa.ui.markup import markdown_escaped, visible
from qa.ui.wording import Wording, named

if TYPE_CHECKING:
    from qa.index import Statistics

_LANGUAGES: tuple[Language, ...] = ("ar", "en")


def filter_bar(frame: Frame) -> None:
    """A button that opens the filters, with the chosen ones beside it."""
    words, chosen = frame.words, frame.session.filters
    facts = corpus_facts(frame.assistant())
    with st.container(horizontal=True, vertical_alignment="center", key="filter_bar"):
        with st.popover(words.filters, icon=":material/tune:", key="filters", type="tertiary"):
            filter_form(frame, facts)
        summary = filters_in_words(chosen, words)
        if summary:
            st.caption(markdown_escaped(summary))
            st.button(words.clear_filters, key="clear_filters", type="tertiary", on_click=clear_filters, args=(frame,))


def filter_form(frame: Frame, facts: Statistics) -> None:
    """The filters themselves; a change applies to the next question."""
    words, chosen = frame.words, frame.session.filters
    sources = [name for name, _ in facts.sources if name]
    # The widgets forget when they are not drawn for a while (another page): the session is what remembers.
    remembered: tuple[object, ...] = (
        _day(chosen.date_from),
        _day(chosen.date_to),
        [name for name in chosen.sources if name in sources],
        list(chosen.languages),
    )
    keys = _keys(frame)
    for key, value in zip(keys, remembered, strict=True):
        st.session_state.setdefault(key, value)
    bounds = date_bounds(facts)
    if bounds:
        first, last = date.fromisoformat(bounds[0]), date.fromisoformat(bounds[1])
        start, end = st.columns(2)
        start.date_input(
            words.date_from,
            value=None,
            min_value=first,
            max_value=last,
            key=keys[0],
            format="DD/MM/YYYY",
            on_change=_apply,
            args=(frame,),
        )
        end.date_input(
            words.date_to,
            value=None,
            min_value=first,
            max_value=last,
            key=keys[1],
            format="DD/MM/YYYY",
            on_change=_apply,
            args=(frame,),
        )
    if sources:
        st.multiselect(
            words.sources,
            sources,
            format_func=visible,
            placeholder=words.any_source,
            key=keys[2],
            on_change=_apply,
            args=(frame,),
        )
    st.pills(
        words.languages,
        _LANGUAGES,
        selection_mode="multi",
        format_func=lambda language: named(words.language_names, language),
        key=keys[3],
        on_change=_apply,
        args=(frame,),
    )
    if chosen.date_from and chosen.date_to and chosen.date_from > chosen.date_to:
        st.caption(words.bad_range)


def filters_in_words(filters: Filters, words: Wording) -> str:
    """What the filters leave, in one line; empty where nothing is filtered."""
    pieces = []
    if filters.date_from:
        pieces.append(f"{words.date_from} {words.date(filters.date_from)}")
    if filters.date_to:
        pieces.append(f"{words.date_to} {words.date(filters.date_to)}")
    pieces += [visible(source) for source in filters.sources]
    pieces += [named(words.language_names, language) for language in filters.languages]
    return " · ".join(pieces)


def _apply(frame: Frame) -> None:
    state, keys = st.session_state, _keys(frame)
    start, end = state.get(keys[0]), state.get(keys[1])
    frame.session.filters = Filters(
        date_from=start.isoformat() if start else None,
        date_to=end.isoformat() if end else None,
        sources=tuple(state.get(keys[2]) or ()),
        languages=tuple(state.get(keys[3]) or ()),
    )


def clear_filters(frame: Frame) -> None:
    """Ask the whole archive again."""
    frame.session.filters = Filters()
    # A closed popover's widgets are not on the page, so they would keep their values: others take their place.
    frame.session.filter_widgets += 1


def _keys(frame: Frame) -> tuple[str, str, str, str]:
    number = frame.session.filter_widgets
    return f"from_{number}", f"to_{number}", f"sources_{number}", f"languages_{number}"


def _day(day: str | None) -> date | None:
    try:
        return date.fromisoformat(day) if day else None
    except ValueError:
        return None
