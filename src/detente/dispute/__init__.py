"""The dispute file, its scenarios, and the session on which every analysis rests."""
