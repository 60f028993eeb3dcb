"""The dispute file: its schema, its reading and writing, and what can be wrong with it."""
