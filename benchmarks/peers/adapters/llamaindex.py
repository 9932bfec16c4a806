"""LlamaIndex: VectorStoreIndex and BM25Retriever under a QueryFusionRetriever, without made-up further questions.

Two things a user meets here are mended as its documentation allows. HuggingFaceEmbedding refuses a static model,
which has no longest input (its ``max_length`` must be finite, and cannot be set on such a model), so that model comes
in through a custom embedding. BM25Retriever forgets its stemmer when read back from disk and takes the English one;
the stemmer that the index was made with is put back, or no Arabic word would meet its own stem.
"""

from pathlib import Path
from typing import Any

import Stemmer
from llama_index.core import Settings, StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.retrievers.bm25 import BM25Retriever
from sentence_transformers import SentenceTransformer

CANDIDATES = 50
BATCH = 64


class StaticEmbedding(BaseEmbedding):
    _model: SentenceTransformer = PrivateAttr()

    def __init__(self, folder: str, **options: Any) -> None:
        super().__init__(embed_batch_size=BATCH, **options)
        self._model = SentenceTransformer(folder, device="cpu")

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self._model.encode(texts, normalize_embeddings=True).tolist()

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embeddings([query])[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


class Peer:
    def __init__(self, encoder: str, language: str) -> None:
        try:
            Settings.embed_model = HuggingFaceEmbedding(model_name=encoder, device="cpu", embed_batch_size=BATCH)
        except ValueError:
            Settings.embed_model = StaticEmbedding(encoder)
        Settings.llm = MockLLM()
        self.stemmer = Stemmer.Stemmer(language)
        self.stopwords = "en" if language == "english" else []

    def build(self, passages: list, folder: Path) -> None:
        nodes = [TextNode(id_=passage.id, text=passage.whole) for passage in passages]
        VectorStoreIndex(nodes).storage_context.persist(str(folder / "vectors"))
        words = BM25Retriever.from_defaults(
            nodes=nodes, similarity_top_k=CANDIDATES, stemmer=self.stemmer, language=self.stopwords
        )
        words.persist(str(folder / "words"))

    def open(self, folder: Path) -> None:
        index = load_index_from_storage(StorageContext.from_defaults(persist_dir=str(folder / "vectors")))
        words = BM25Retriever.from_persist_dir(str(folder / "words"))
        words.stemmer = self.stemmer
        self.retriever = QueryFusionRetriever(
            [index.as_retriever(similarity_top_k=CANDIDATES), words],
            similarity_top_k=CANDIDATES,
            num_queries=1,
            mode="reciprocal_rerank",
            use_async=False,
        )

    def search(self, question: str, count: int) -> list[str]:
        return [found.node.node_id for found in self.retriever.retrieve(question)[:count]]
