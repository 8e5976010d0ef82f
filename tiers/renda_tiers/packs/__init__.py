"""Practice packs on their way: a body sends its own up, and publishes to all below it."""
