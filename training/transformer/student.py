"""The student: the teacher with Arabic word pieces behind its own, English input vectors frozen."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from transformers import BertModel


class ExtendedVectors(nn.Module):
    """Input vectors of two vocabularies: the teacher's (frozen) followed by the Arabic ones (trained)."""

    def __init__(self, own: torch.Tensor, added: NDArray[np.float32]) -> None:
        super().__init__()
        self.size = len(own)
        self.own = nn.Parameter(own.clone(), requires_grad=False)
        self.added = nn.Embedding.from_pretrained(torch.from_numpy(added), freeze=False)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Vectors (batch, length, dimension) of piece ids (batch, length)."""
        foreign = ids >= self.size
        own = torch.nn.functional.embedding(ids.masked_fill(foreign, 0), self.own)
        added = self.added((ids - self.size).clamp(min=0))
        return torch.where(foreign.unsqueeze(-1), added, own)


def make_student(teacher: BertModel, added: NDArray[np.float32]) -> BertModel:
    """Turn the teacher (in place) into the student that starts from it."""
    words = teacher.embeddings.word_embeddings.weight.detach()
    teacher.embeddings.word_embeddings = ExtendedVectors(words, added)
    teacher.embeddings.position_embeddings.weight.requires_grad_(False)
    teacher.embeddings.token_type_embeddings.weight.requires_grad_(False)
    return teacher
