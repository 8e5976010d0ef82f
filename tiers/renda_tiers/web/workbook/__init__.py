"""A report as a workbook: written from its draft, filled in with any spreadsheet program, and given back."""
