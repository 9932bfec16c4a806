"""Haystack: a pipeline of BM25 and embedding retrievers over its InMemoryDocumentStore, joined by reciprocal rank
fusion."""

from pathlib import Path

from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.components.writers import DocumentWriter
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack.utils import ComponentDevice
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)

CANDIDATES = 50


class Peer:
    def __init__(self, encoder: str, language: str) -> None:
        self.options = {
            "model": encoder,
            "device": ComponentDevice.from_str("cpu"),
            "normalize_embeddings": True,
            "progress_bar": False,
        }

    def build(self, passages: list, folder: Path) -> None:
        documents = [Document(id=passage.id, content=passage.whole) for passage in passages]
        store = InMemoryDocumentStore(embedding_similarity_function="dot_product")
        indexing = Pipeline()
        indexing.add_component("embedder", SentenceTransformersDocumentEmbedder(**self.options))
        indexing.add_component("writer", DocumentWriter(store))
        indexing.connect("embedder", "writer")
        indexing.run({"embedder": {"documents": documents}})
        store.save_to_disk(str(folder / "store.json"))

    def open(self, folder: Path) -> None:
        store = InMemoryDocumentStore.load_from_disk(str(folder / "store.json"))
        pipeline = Pipeline()
        pipeline.add_component("embedder", SentenceTransformersTextEmbedder(**self.options))
        pipeline.add_component("near", InMemoryEmbeddingRetriever(store, top_k=CANDIDATES))
        pipeline.add_component("words", InMemoryBM25Retriever(store, top_k=CANDIDATES))
        pipeline.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion"))
        pipeline.connect("embedder.embedding", "near.query_embedding")
        pipeline.connect("near", "joiner")
        pipeline.connect("words", "joiner")
        self.pipeline = pipeline

    def search(self, question: str, count: int) -> list[str]:
        inputs = {"embedder": {"text": question}, "words": {"query": question}, "joiner": {"top_k": count}}
        return [document.id for document in self.pipeline.run(inputs)["joiner"]["documents"]]
