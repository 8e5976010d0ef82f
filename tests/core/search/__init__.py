"""Search is promised here."""
