"""What the algebra of figures and the periods promise."""
