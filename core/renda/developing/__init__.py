"""What whoever writes a plugin needs: a new one to begin with, checks of it, and a trace of its hooks."""
