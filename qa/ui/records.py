"""Answers as JSON and back, so that a conversation read again tomorrow is the one that was had today.

What is kept is whole but for the articles' texts inside ``Answer.hits``: an article is read from the index when it is
opened, and its hash tells whether it is still the one that was quoted.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from qa.datatypes import Answer, Document, Filters, Hit, Span

_Record = TypeVar("_Record")


def answer_record(answer: Answer) -> str:
    """One JSON object of an answer, articles' texts left out of its hits."""
    return json.dumps(
        _plain(replace(answer, hits=tuple(_without_text(hit) for hit in answer.hits))), ensure_ascii=False
    )


def read_answer(record: str) -> Answer:
    """The answer of a record. Raises ValueError where the record is not one."""
    return _read(Answer, record)


def filters_record(filters: Filters) -> str:
    """One JSON object of filters."""
    return json.dumps(_plain(filters), ensure_ascii=False)


def read_filters(record: str) -> Filters:
    """The filters of a record. Raises ValueError where the record is not one."""
    return _read(Filters, record)


def _read(kind: type[_Record], record: str) -> _Record:
    try:
        value: _Record = _typed(kind, json.loads(record))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a record of {kind.__name__}: {error}") from error
    return value


def _without_text(hit: Hit) -> Hit:
    def bare(document: Document) -> Document:
        return replace(document, text="", body=Span(0, 0))

    return replace(hit, document=bare(hit.document), also_in=tuple(bare(document) for document in hit.also_in))


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, str | bool | int | NoneType):
        return value
    return float(value)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _typed(kind: Any, value: Any) -> Any:
    origin = get_origin(kind)
    if origin is tuple:
        kinds = get_args(kind)
        if not isinstance(value, list):
            raise TypeError(f"expected a list, got {type(value).__name__}")
        if len(kinds) == 2 and kinds[1] is Ellipsis:
            return tuple(_typed(kinds[0], item) for item in value)
        return tuple(_typed(item_kind, item) for item_kind, item in zip(kinds, value, strict=True))
    if origin in {Union, UnionType}:
        if value is None:
            return None
        (inner,) = (option for option in get_args(kind) if option is not NoneType)
        return _typed(inner, value)
    if origin is Literal:
        if value not in get_args(kind):
            raise ValueError(f"{value!r} is none of {get_args(kind)}")
        return value
    if is_dataclass(kind) and isinstance(kind, type):
        known = {field.name for field in fields(kind)}
        return kind(**{name: _typed(_hints(kind)[name], item) for name, item in value.items() if name in known})
    if kind is float:
        return float(value)
    if not isinstance(value, kind):
        raise TypeError(f"expected {kind.__name__}, got {type(value).__name__}")
    return value
