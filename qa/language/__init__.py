"""Text to terms: normalisation, stemming, names, and the English⇄Arabic translation table."""
