"""Directives: tasks that a body sets those below it, what these answer, and what the issuer decides on it."""
