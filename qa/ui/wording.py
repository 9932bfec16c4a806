"""The words of the interface: one field a phrase, filled in by ``english.py`` and ``arabic.py``."""

from __future__ import annotations

from dataclasses import dataclass

from qa.datatypes import Language


@dataclass(frozen=True, slots=True)
class Counted:
    """A noun with its number: English needs ``one`` and ``other``, Arabic all five (CLDR's plural categories)."""

    one: str
    other: str
    two: str | None = None
    few: str | None = None
    many: str | None = None

    def of(self, number: int) -> str:
        """The phrase for ``number``; ``{n}`` in it is replaced by the number with thousands separators."""
        phrase = self.other
        if self.few is None:
            phrase = self.one if number == 1 else self.other
        elif number == 1:
            phrase = self.one
        elif number == 2:
            phrase = self.two or self.other
        elif 3 <= number % 100 <= 10:
            phrase = self.few
        elif 11 <= number % 100 <= 99:
            phrase = self.many or self.other
        return phrase.replace("{n}", f"{number:,}")


@dataclass(frozen=True, slots=True)
class Wording:
    """Every phrase that the interface shows, in one language."""

    language: Language
    direction: str
    months: tuple[str, ...]

    # The frame
    product: str
    tagline: str
    about_heading: str
    about: str
    chat: str
    corpus: str
    new_conversation: str
    conversations: str
    no_conversations: str
    more_conversations: str
    untitled: str
    interface_language: str
    theme_names: tuple[str, str, str]
    control_names: tuple[tuple[str, str], ...]
    """(Streamlit's id of one of its own controls, name for screen readers)."""
    skip: str
    help: str
    close: str
    cancel: str
    save: str

    # Asking
    ask_placeholder: str
    examples: str
    follow_ups: str
    searching: str
    stop: str
    stopped: str
    retry: str
    edit: str
    editing: str
    unanswered: str
    failed: str
    understood_as: str

    # Answers
    open_source: str
    answer_confidence: tuple[str, str, str, str]
    confidence_hint: str
    unsupported: str
    abstained: str
    nearest: str
    nearest_note: str
    notes: str
    restricted_to: str
    ask_unfiltered: str

    # The source panel
    source: str
    no_title: str
    issue: str
    original: str
    also_reported: str
    changed: str
    gone: str
    previous_source: str
    next_source: str
    source_position: str

    # Why
    why: str
    why_parts: str
    why_words: str
    why_uncovered: str
    why_unknown: str
    part_names: tuple[tuple[str, str], ...]
    kind_names: tuple[tuple[str, str], ...]

    # Corpus
    articles: Counted
    passages: Counted
    files: Counted
    unnamed_source: str
    languages: str
    language_names: tuple[tuple[str, str], ...]
    sources: str
    dates: str
    dated: str
    undated: Counted
    most_on: str
    held: str
    held_on: str
    more_sources: Counted
    built: str
    model: str
    location: str
    location_heading: str
    update: str
    rebuild: str
    update_hint: str
    rebuild_hint: str
    up_to_date: str
    looking: str
    outdated: str
    stages: tuple[tuple[str, str], ...]
    starting: str
    time_left: str
    seconds: Counted
    minutes: Counted
    keeps_answering: str
    built_now: str
    build_failed: str
    cancel_build: str
    cancelled: str
    upload: str
    upload_hint: str
    choose_files: str
    uploaded: str
    upload_refused: str
    folder: str
    folder_hint: str
    folder_missing: str
    use_folder: str
    report: str
    skipped: str
    duplicates: str
    duplicate_of: str
    nothing_skipped: str
    nothing_duplicate: str
    article_list: str
    find: str
    page: str
    no_articles: str
    first_build: str
    first_build_note: str
    no_corpus: str
    cannot_open: str
    try_again: str

    # Filters
    filters: str
    any_source: str
    date_from: str
    date_to: str
    clear_filters: str
    bad_range: str

    # Conversations
    manage: str
    title: str
    delete: str
    delete_really: str
    export_markdown: str
    export_json: str
    not_saved: str

    # Feedback
    good: str
    bad: str
    thanks: str
    comment: str
    comment_hint: str
    gold: str
    gold_hint: str
    export_feedback: str
    export_questions: str
    feedback_count: Counted

    # Readers and the door
    reader: str
    reader_names: tuple[tuple[str, str], ...]
    reader_hint: str
    password: str
    enter: str
    wrong_password: str

    def date(self, day: str | None) -> str:
        """``2024-05-01`` as this language writes it; what is no ISO day is given back as it stands."""
        if not day:
            return ""
        pieces = day.split("-")
        if len(pieces) != 3 or not all(piece.isascii() and piece.isdigit() for piece in pieces):
            return day
        month = int(pieces[1])
        return f"{int(pieces[2])} {self.months[month - 1]} {int(pieces[0])}" if 1 <= month <= 12 else day

    def month(self, month: str) -> str:
        """``2024-05`` as this language writes it."""
        year, _, number = month.partition("-")
        return f"{self.months[int(number) - 1]} {int(year)}"

    def when(self, moment: str) -> str:
        """A day, a month or a year (``2024-05-01``, ``2024-05``, ``2024``)."""
        pieces = moment.count("-")
        return self.date(moment) if pieces == 2 else self.month(moment) if pieces == 1 else moment

    def duration(self, seconds: float) -> str:
        """A rough time in words: whole seconds below 90, minutes above."""
        whole = max(1, round(seconds))
        return self.seconds.of(whole) if whole < 90 else self.minutes.of(round(whole / 60))

    def confidence(self, probability: float) -> str:
        """A calibrated probability in words."""
        rank = sum(probability >= threshold for threshold in CONFIDENCE_STEPS)
        return self.answer_confidence[rank]


CONFIDENCE_STEPS = (0.4, 0.65, 0.85)
"""Where doubtful ends, where uncertain ends, where likely ends."""


def named(names: tuple[tuple[str, str], ...], key: str) -> str:
    """The name that a table of (key, name) gives, or the key itself where it has none."""
    return dict(names).get(key, key)


def wording(language: Language) -> Wording:
    """The interface's words in a language."""
    from qa.ui.arabic import ARABIC
    from qa.ui.english import ENGLISH

    return ARABIC if language == "ar" else ENGLISH
