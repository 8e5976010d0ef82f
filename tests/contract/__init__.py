"""What a stranger's package can count on."""
