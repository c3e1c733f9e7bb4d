"""The labs of the word2vec room."""
