"""Text as numbers: counts, vocabularies, sampling."""
