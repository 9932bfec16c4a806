"""Follow-up questions made standalone by rule: what the last question named is carried into one that leans on it.

Three kinds lean: ``and what about Iran?`` / ``وماذا عن إيران؟`` (another subject for the same question), a bare
question word (``when?`` / ``متى؟``), and pronouns or so few words that nothing could be searched for (``who else was
there?``, ``كم كان عددهم؟``). A question that names its own subject leans on nothing and is left as it is: a new topic
is not mixed with the old one. The result is shown to the user, so it is written to be read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.datatypes import Language, Turn
from qa.language.analyzer import Token, is_stopword, tokens
from qa.language.normalise import fold
from qa.language.script import detect_language
from qa.reading.wordlist import COMMON, PERSON, PLACE, PROPER, word_list

_LEAD_IN = r"^\W*(?:(?:and|but|ok|okay|so)\W+)?"
_LEAD_IN_AR = r"^\W*(?:و|ف|طيب\s+و?|حسنا\s+و?)?"
_ABOUT_AR = r"(?:ماذا|مادا|شو)\s+عن|وبالنسبه\s+ل|بالنسبه\s+(?:ل|الي\s+)|عن"
_ABOUT = re.compile(
    rf"{_LEAD_IN}(?:(?:what|how)\s+about|what\s+of|about|and|also)\s+(?P<en>[^?؟]+?)\W*$"
    rf"|{_LEAD_IN_AR}(?:{_ABOUT_AR})\s*(?P<ar>[^?؟]+?)\W*$"
)
_QUESTION_WORD = (
    r"who|whom|whose|what|when|where|why|how many|how much|how long|how|which(?: one)?"
    r"|من|ماذا|ما|متي|اين|لماذا|لم|كيف|كم|اي|ايه|الي اين|من اين|باي"
)
_TAIL = (
    r"was that|is that|did (?:that|it|this) happen|was it|exactly|else"
    r"|كان ذلك|حدث ذلك|حصل ذلك|وقع ذلك|ذلك|هذا|بالضبط|تحديدا|غيره|ايضا"
)
_BARE = re.compile(rf"^\W*(?:and|but|so|و|ف)?\s*(?P<word>{_QUESTION_WORD})(?:\s+(?:{_TAIL}))?\W*$")
_ASKS = re.compile(
    rf"^\W*(?:and\s+|و|ف)?(?P<word>{_QUESTION_WORD}|هل|did|does|do|is|are|was|were)\b\s*(?P<rest>.*?)\W*$", re.DOTALL
)
_PRONOUNS = """
    he she it they him her them his hers its their theirs this that these those there then one ones same
    himself herself itself themselves else
    هو هي هم هما هن ذلك هذا هذه تلك هؤلاء هناك هنا منه منها منهم فيه فيها فيهم عنه عنها عنهم له لها لهم به بها بهم
    عليه عليها عليهم إليه إليها معه معها معهم بينهما بينهم كلاهما غيره غيرهم أيضا
"""
_PRONOUN_FORMS = frozenset(map(fold, _PRONOUNS.split()))
_PERSONAL = {"he": "", "she": "", "him": "", "his": "'s", "they": "", "them": "", "their": "'s"}
_POINTING = frozenset(map(fold, ["this", "that", "these", "those", "هذا", "هذه", "ذلك", "تلك"]))
_TIMES = """
    year years month months week weeks day days morning evening season summer winter spring autumn time
    العام السنة الشهر الأسبوع اليوم الموسم الصيف الشتاء الوقت الأيام الصباح المساء المرة
"""
_TIME_FORMS = frozenset(map(fold, _TIMES.split()))
"""``this year`` points at the calendar, not at what was said before."""
_ATTACHED = ("هما", "ها", "هم", "ه")
_CARRIED = 6
"""Words of the last question that are carried along at most."""
_FEW = 2
"""A question with no more content words than this, and no name, cannot stand alone."""


@dataclass(frozen=True, slots=True)
class _Parsed:
    """A question's words for these rules."""

    text: str
    language: Language
    tokens: tuple[Token, ...]
    content: tuple[Token, ...]
    names: tuple[tuple[int, int], ...]
    """Runs of name-like words, as offsets."""


def standalone(question: str, turns: Sequence[Turn]) -> str:
    """The question as it would be asked without the turns before it; itself where it needs nothing from them."""
    if not turns or not question.strip():
        return question
    previous = _parse(turns[-1].answer.standalone_question or turns[-1].question)
    if not previous.content:
        return question
    current = _parse(question)
    folded = fold(question)
    aligned = len(folded) == len(question)
    about = _ABOUT.match(folded.lower())
    if about is not None and aligned:
        group = "en" if about["en"] is not None else "ar"
        subject = question[about.start(group) : about.end(group)].strip(" ،,")
        if subject and not _asks(subject) and (len(subject.split()) <= 6):
            return _with_subject(previous, subject)
    bare = _BARE.match(folded)
    if bare is not None and aligned:
        return _with_question_word(previous, question[bare.start("word") : bare.end("word")].strip(), current.language)
    if not _leans(current, previous):
        return question
    return _with_context(current, previous, turns[-1])


def _parse(text: str) -> _Parsed:
    words = tuple(tokens(text))
    content = tuple(word for word in words if not _is_function_word(word))
    runs: list[tuple[int, int]] = []
    last = None
    for place, word in enumerate(words):
        if not _is_name(word, first=place == 0):
            last = None
            continue
        if last is not None and text[runs[-1][1] : word.start].strip() == "":
            runs[-1] = (runs[-1][0], word.end)
        else:
            runs.append((word.start, word.end))
        last = place
    return _Parsed(text, detect_language(text), words, content, tuple(runs))


def _is_function_word(word: Token) -> bool:
    if word.language == "en":
        return is_stopword(word.folded, "en")
    bare = word.folded[1:] if word.folded[:1] in "وف" and len(word.folded) > 2 else word.folded
    return is_stopword(word.term, "ar") or bare in _PRONOUN_FORMS or fold(bare) in _ASKING_AR


_ASKING_AR = frozenset(
    fold(word)
    for word in ["من", "ماذا", "ما", "متى", "أين", "لماذا", "لم", "كيف", "كم", "أي", "أية", "هل", "بماذا", "وماذا"]
)


def _is_name(word: Token, *, first: bool) -> bool:
    if word.folded[:1].isdigit() or _is_function_word(word):
        return False
    known = word_list().classes(word)
    if word.language == "en":
        return word.surface[:1].isupper() and not (first and known & COMMON)
    return bool(known & (PROPER | PERSON | PLACE)) and not (known & COMMON and not known & (PROPER | PLACE))


def _asks(text: str) -> bool:
    """Whether a piece of text is itself a question (``and when did …``), not a subject."""
    match = _ASKS.match(fold(text))
    return match is not None and match["word"] not in ("من", "ما", "اي", "that") and bool(match["rest"])


def _leans(current: _Parsed, previous: _Parsed) -> bool:
    pronoun = any(_is_pronoun(current.tokens, place) for place in range(len(current.tokens)))
    pronoun = pronoun or (current.language == "ar" and _attached_pronoun(current))
    if current.names:
        return pronoun and len(current.content) <= len(current.names) + 1 and not _new_topic(current, previous)
    if pronoun:
        return True
    return len(current.content) <= _FEW


def _is_pronoun(words: Sequence[Token], place: int) -> bool:
    folded = words[place].folded
    following = words[place + 1].folded if place + 1 < len(words) else ""
    if folded in _POINTING and following in _TIME_FORMS:
        return False
    return folded in _PRONOUN_FORMS or (folded[:1] in "وفبل" and folded[1:] in _PRONOUN_FORMS)


def _attached_pronoun(current: _Parsed) -> bool:
    """A noun with ``his``/``their`` written onto it: a longer word ending in one, without an article."""
    for word in current.content:
        folded = word.folded
        if folded.startswith(("ال", "وال", "بال", "لل")) or word_list().classes(word) & (PROPER | PLACE | PERSON):
            continue
        for ending in _ATTACHED[:3]:
            if folded.endswith(ending) and len(folded) - len(ending) >= 3:
                return True
        if (
            folded.endswith("ه")
            and not word.surface.rstrip("\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652").endswith("ة")
            and len(folded) >= 4
        ):
            return True
    return False


def _new_topic(current: _Parsed, previous: _Parsed) -> bool:
    """Whether the question brings a subject of its own: names and words that the last one had not."""
    known = {word.term for word in previous.tokens}
    return sum(word.term not in known for word in current.content) >= 3


def _with_subject(previous: _Parsed, subject: str) -> str:
    """The last question about another subject: put in its place if that is plain, else added to it."""
    kind = _kind_of(subject)
    same = [run for run in previous.names if _kind_of(previous.text[run[0] : run[1]]) == kind]
    if kind and len(same) == 1 and detect_language(subject) == previous.language:
        start, end = same[0]
        return previous.text[:start] + _joined(previous.text[start:end], subject) + previous.text[end:]
    body = previous.text.rstrip(" ?؟.!")
    if previous.language == "ar":
        return f"{body} بشأن {subject}؟"
    return f"{body} about {subject}?"


def _joined(replaced: str, subject: str) -> str:
    """The subject with the particle that was written onto the name that it replaces (``لإيران`` for ``لسورية``)."""
    if detect_language(replaced) == "ar":
        words = tokens(replaced)
        for particle in ("ل", "ب", "و", "ف"):
            rest = replaced.removeprefix(particle)
            if rest != replaced and len(rest) >= 3 and not word_list().classes(words[0]) & COMMON:
                bare = tokens(rest)
                known = word_list().classes(bare[0]) if bare else 0
                if known & (PLACE | PROPER | PERSON) and not subject.startswith("ال"):
                    return particle + subject
    return subject


def _kind_of(text: str) -> str | None:
    """``place`` or ``person`` for a name; None for anything else."""
    words = tokens(text)
    classes = [word_list().classes(word) for word in words]
    if any(known & PLACE for known in classes):
        return "place"
    if any(_is_name(word, first=False) for word in words):
        return "person"
    return None


def _with_question_word(previous: _Parsed, word: str, language: Language) -> str:
    """The last question with another question word in front."""
    match = _ASKS.match(fold(previous.text))
    mark = "؟" if language == "ar" else "?"
    if match is None or len(fold(previous.text)) != len(previous.text):
        return f"{word} {_context_of(previous, set(), language)}{mark}"
    rest = previous.text[match.start("rest") : match.end("rest")].strip(" ?؟")
    if language == "ar" and previous.language == "ar":
        rest = re.sub(r"^(?:هو|هي|الذي|التي)\s+", "", rest)
        return f"{word} {rest}؟"
    inverted = re.match(r"(?:did|do|does|is|are|was|were|has|have|had|will|can|could)\b", rest.lower())
    if previous.language == language == "en":
        asked = match["word"]
        if asked in ("did", "does", "do", "is", "are", "was", "were"):
            return f"{word} {asked} {rest}?"
        if inverted and not re.match(r"(?:is|are|was|were) the\b", rest.lower()):
            return f"{word} {rest}?"
    return f"{word} ({_context_of(previous, set(), language)}){mark}"


def _context_of(previous: _Parsed, known: set[str], language: Language) -> str:
    """The last question's names and words that the new one lacks, in their order."""
    chosen: list[str] = []
    at = 0
    for word in previous.content:
        if word.start < at or word.term in known:
            continue
        run = next((run for run in previous.names if run[0] <= word.start < run[1]), None)
        if run is not None:
            at = run[1]
        chosen.append(previous.text[run[0] : run[1]] if run else word.surface)
        if len(chosen) == _CARRIED:
            break
    return ("، " if language == "ar" else ", ").join(chosen)


def _with_context(current: _Parsed, previous: _Parsed, turn: Turn) -> str:
    """The question with its pronoun replaced where there is one person it can mean, and the topic beside it."""
    text = current.text
    person = _one_person(previous, turn)
    if person and current.language == "en":
        for word in current.tokens:
            if word.folded in _PERSONAL and word.folded not in ("they", "them", "their"):
                text = text[: word.start] + person + _PERSONAL[word.folded] + text[word.end :]
                break
    known = {word.term for word in tokens(text)}
    context = _context_of(previous, known, current.language)
    if not context:
        return text
    body = text.rstrip(" ?؟.!")
    mark = "؟" if current.language == "ar" else "?"
    return f"{body} ({context}){mark}"


def _one_person(previous: _Parsed, turn: Turn) -> str | None:
    """The person that ``he`` can only mean: the answer to "who", else the one person the question names."""
    from qa.reading.asked import what_is_asked

    if what_is_asked(previous.text).kind == "person" and turn.answer.citations:
        citation = turn.answer.citations[0]
        if citation.highlight and not turn.answer.abstained:
            span = citation.highlight[0]
            return citation.quote[span.start - citation.start : span.end - citation.start]
    people = [run for run in previous.names if _kind_of(previous.text[run[0] : run[1]]) == "person"]
    return previous.text[people[0][0] : people[0][1]] if len(people) == 1 else None
