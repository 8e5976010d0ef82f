"""Where the API lies."""

BASE = "/api/v1"
