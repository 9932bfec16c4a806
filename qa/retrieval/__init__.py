"""Question → Query → Hits: by words, translations, names and meaning, each hit with its why."""

from __future__ import annotations

from qa.retrieval.retriever import Retrieval, Retriever
from qa.retrieval.second_stage import SecondStage
from qa.retrieval.settings import RetrievalSettings

__all__ = ["Retrieval", "RetrievalSettings", "Retriever", "SecondStage"]
