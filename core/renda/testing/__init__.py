"""What tests of renda and of its plugins use: a real application on a real database."""
