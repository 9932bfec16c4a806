"""LangChain: BM25Retriever and a FAISS store under an EnsembleRetriever with equal weights.

BM25Retriever keeps no index on disk; documents are saved beside the FAISS store as LangChain's own JSON and the
retriever is made anew from them when opened, as its documentation does at every start.
"""

import json
from pathlib import Path

from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.retrievers import BM25Retriever
from langchain_community.vectorstores import FAISS
from langchain_core.documents import Document
from langchain_core.load import dumps, loads
from langchain_huggingface import HuggingFaceEmbeddings

CANDIDATES = 50


class Peer:
    def __init__(self, encoder: str, language: str) -> None:
        self.embeddings = HuggingFaceEmbeddings(
            model_name=encoder, model_kwargs={"device": "cpu"}, encode_kwargs={"normalize_embeddings": True}
        )

    def build(self, passages: list, folder: Path) -> None:
        documents = [Document(page_content=passage.whole, metadata={"id": passage.id}) for passage in passages]
        FAISS.from_documents(documents, self.embeddings).save_local(str(folder / "faiss"))
        BM25Retriever.from_documents(documents)
        (folder / "documents.json").write_text(json.dumps([dumps(item) for item in documents]), encoding="utf-8")

    def open(self, folder: Path) -> None:
        store = FAISS.load_local(str(folder / "faiss"), self.embeddings, allow_dangerous_deserialization=True)
        written = json.loads((folder / "documents.json").read_text(encoding="utf-8"))
        words = BM25Retriever.from_documents([loads(item) for item in written])
        words.k = CANDIDATES
        near = store.as_retriever(search_kwargs={"k": CANDIDATES})
        self.retriever = EnsembleRetriever(retrievers=[words, near], weights=[0.5, 0.5])

    def search(self, question: str, count: int) -> list[str]:
        return [document.metadata["id"] for document in self.retriever.invoke(question)[:count]]
