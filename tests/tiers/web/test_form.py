from tests.tiers.chain import SPRING, TOWN, TRAINING

FORM = f"/o/{TOWN}/m/tiers/reports/{TRAINING}/{SPRING.code}"


def test_shows_computed(trained, signed_in):
    page = signed_in("clerk", TOWN).get(FORM)
    assert "由 1 条记录计算" in page.text or "computed from 1 records" in page.text
