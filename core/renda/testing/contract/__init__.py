"""What every plugin keeps to, as tests.

One line in a file of your tests runs them on yours:

    from renda.testing.contract import contract

    TestContract = contract("visits")

`pytest --pyargs renda.testing.contract --plugin visits` does the same without a file; without `--plugin` all
installed plugins are tested. `--database postgresql` runs what needs a database on PostgreSQL.
"""

from renda.testing.contract.access import Access
from renda.testing.contract.declared import Declarations
from renda.testing.contract.lasting import Lasting
from renda.testing.contract.registers import Registers

__all__ = ["Contract", "contract"]


class Contract(Declarations, Registers, Access, Lasting):
    """All of it; a subclass may override `values` where a guard wants other records than made-up ones."""


def contract(*plugins: str) -> type[Contract]:
    """The tests of these plugins; of those that `--plugin` names, or of all, where none is named."""
    return type("Contract", (Contract,), {"plugins": plugins})
