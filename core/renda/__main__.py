"""`python -m renda`."""

from renda.cli import main

main()
