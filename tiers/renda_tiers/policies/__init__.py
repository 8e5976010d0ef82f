"""What a body says of the modules of those below it: it requires or forbids one, or takes that back."""
