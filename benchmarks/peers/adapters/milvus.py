"""Milvus Lite: a collection with a BM25 function and a dense field, hybrid search under an RRFRanker.

Lite's analyzers are ``standard`` and ``jieba``, so that Arabic words are compared as they stand.
"""

from pathlib import Path

from pymilvus import AnnSearchRequest, DataType, Function, FunctionType, MilvusClient, RRFRanker
from sentence_transformers import SentenceTransformer

CANDIDATES = 50
BATCH = 1_000


class Peer:
    def __init__(self, encoder: str, language: str) -> None:
        self.model = SentenceTransformer(encoder, device="cpu")

    def build(self, passages: list, folder: Path) -> None:
        texts = [passage.whole for passage in passages]
        vectors = self.model.encode(texts, normalize_embeddings=True)
        client = MilvusClient(str(folder / "milvus.db"))
        schema = client.create_schema()
        schema.add_field("id", DataType.VARCHAR, is_primary=True, max_length=200)
        schema.add_field("text", DataType.VARCHAR, max_length=65535, enable_analyzer=True)
        schema.add_field("dense", DataType.FLOAT_VECTOR, dim=vectors.shape[1])
        schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
        schema.add_function(
            Function(
                name="bm25", function_type=FunctionType.BM25, input_field_names=["text"], output_field_names=["sparse"]
            )
        )
        index = client.prepare_index_params()
        index.add_index("dense", index_type="AUTOINDEX", metric_type="IP")
        index.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
        client.create_collection("passages", schema=schema, index_params=index)
        for start in range(0, len(texts), BATCH):
            rows = range(start, min(start + BATCH, len(texts)))
            client.insert(
                "passages", [{"id": passages[row].id, "text": texts[row], "dense": vectors[row]} for row in rows]
            )
        client.flush("passages")
        client.close()

    def open(self, folder: Path) -> None:
        self.client = MilvusClient(str(folder / "milvus.db"))
        self.client.load_collection("passages")

    def search(self, question: str, count: int) -> list[str]:
        vector = self.model.encode([question], normalize_embeddings=True)
        near = AnnSearchRequest(vector, "dense", {"metric_type": "IP"}, limit=CANDIDATES)
        words = AnnSearchRequest([question], "sparse", {"metric_type": "BM25"}, limit=CANDIDATES)
        found = self.client.hybrid_search("passages", [near, words], ranker=RRFRanker(60), limit=count)
        return [str(hit["id"]) for hit in found[0]]
