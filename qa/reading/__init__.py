"""Question and hits → answer: readers, the citation gate, abstention, follow-ups."""
