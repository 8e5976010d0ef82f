"""Reports: templates, computed filling, submission, review, and which revision counts."""
