"""What is handed up, across or down for handling, and the answer that comes back.

A matter is handed to one receiver at a time. Every document about it names the one before it, so that the
state of the case (who has it, since when, until when) is a function of the documents alone.
"""
