"""Rosters: a whole congress's deputies from a spreadsheet, by the machinery of registers' spreadsheets.

Form, columns, cells, preview and marked file are those of `renda.excel`; what a row means is said here,
since it is about two things: a person, who may be known already, and a seat.
"""
