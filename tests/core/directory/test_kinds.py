"""Bodies sign by the organ that acts for them."""

import pytest

from renda.directory.kinds import formal_names
from renda.directory.models import Organisation


@pytest.mark.parametrize(
    ("tier", "kind", "name", "formal"),
    [
        ("city", "city", "菏泽市", "菏泽市人民代表大会常务委员会"),
        ("county", "county", "曹县", "曹县人民代表大会常务委员会"),
        ("county", "development_zone", "菏泽经济开发区", "菏泽经济开发区人大工委"),
        ("township", "town", "孙老家镇", "孙老家镇人民代表大会主席团"),
        ("township", "street", "曹城街道", "曹城街道人大工委"),
        ("township", "unheard_of", "某地", "某地"),
        ("unheard_of", "county", "某地", "某地"),
    ],
)
def test_a_body_is_called_by_its_congress_and_organ(db, tier, kind, name, formal):
    db.add(Organisation(code="371700", name=name, kind=kind, tier=tier, congress=True))
    db.flush()
    assert formal_names(db, ["371700", "371799"]) == {"371700": formal}
