"""Pages in a browser: axe, keyboard, widths, console."""
