"""The AI agent's mind as pure functions: a tree and an input go in, effects come out."""
