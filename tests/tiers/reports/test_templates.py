from tests.tiers import chain
from tests.tiers.chain import CITY, CAO, TRAINING


def test_smoke(founded, clock):
    chain.training(founded, chain.TOWN, ["己", "共"], now=clock())
    print(chain.submit(founded, chain.TOWN, now=clock()).hex())
