"""The labs of the room of embeddings."""
