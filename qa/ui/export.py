"""A conversation as a file to keep: Markdown to read, JSON to process."""

from __future__ import annotations

import json
from collections.abc import Sequence

from qa.datatypes import Answer, Citation
from qa.ui.conversations import AskedTurn
from qa.ui.markup import markdown_escaped, visible, web_address
from qa.ui.message import as_they_came
from qa.ui.records import answer_record
from qa.ui.wording import Wording


def conversation_markdown(title: str, turns: Sequence[AskedTurn], words: Wording) -> str:
    """Questions as headings, answers with numbered notes, quotes verbatim; every character stands for itself."""
    lines = [f"# {markdown_escaped(title or words.untitled)}", ""]
    for turn in turns:
        lines += [f"## {markdown_escaped(turn.question)}", ""]
        if turn.answer is None:
            lines += [f"*{markdown_escaped(words.unanswered)}*", ""]
        else:
            lines += _answer(turn.answer, words)
    return "\n".join(lines).rstrip("\n") + "\n"


def conversation_json(title: str, turns: Sequence[AskedTurn]) -> str:
    """``{title, turns: [{question, state, asked_at, error, answer}]}`` with whole answers."""
    records = [
        {
            "question": turn.question,
            "state": turn.state,
            "asked_at": turn.asked_at,
            "error": turn.error,
            "answer": json.loads(answer_record(turn.answer)) if turn.answer else None,
        }
        for turn in turns
    ]
    return json.dumps({"title": title, "turns": records}, ensure_ascii=False, indent=2) + "\n"


def _answer(answer: Answer, words: Wording) -> list[str]:
    if answer.abstained:
        return [markdown_escaped(answer.reason or words.abstained), ""]
    lines = []
    for sentence in as_they_came(answer.sentences):
        numbers = "".join(f" \\[{number + 1}\\]" for number in sentence.citations)
        lines += [f"{markdown_escaped(sentence.text)}{numbers}", ""]
    for number, citation in enumerate(answer.citations):
        lines.append(f"{number + 1}. {_source(citation, words)}")
        lines += ["", f"   > {markdown_escaped(citation.quote)}", ""]
    return lines


def _source(citation: Citation, words: Wording) -> str:
    issue = words.issue.format(number=citation.issue) if citation.issue else ""
    facts = [visible(citation.title or words.no_title), citation.source or "", words.date(citation.date), issue]
    address = web_address(citation.url)
    line = " · ".join(markdown_escaped(fact) for fact in facts if fact)
    return f"{line} · <{address}>" if address and not set(address) & set("<> ") else line
