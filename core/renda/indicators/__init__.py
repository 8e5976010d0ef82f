"""Figures: the kinds of cell and how they fold, the periods they are for, and what is derived from them."""
