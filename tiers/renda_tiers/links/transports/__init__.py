"""How the bytes of a message get to the other node: over HTTP, or in a file."""
