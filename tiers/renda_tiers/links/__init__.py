"""Links between nodes: two ledgers are kept equal where they concern both ends.

Nothing is numbered and order never matters. Either side sends what the other is not known to hold, says what
became of what it got, and a digest over all that it holds; where digests differ, a list heals the link. So
loss, repetition, reordering and a restored backup are one case.
"""
