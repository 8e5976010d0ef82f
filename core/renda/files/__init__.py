"""Files that people give: what each may be, decided before anything parses it, and where its bytes lie.

Nothing here knows what a file belongs to.
"""
