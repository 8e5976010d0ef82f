from tests.core.security.town import COUNTY, post, sign_in

HOME = f"/o/{COUNTY}"
MINUTE = 60


def said(page):
    """Seconds that a page tells its script: until the session ends, and for how many of them that is said."""
    found = page.html.find(attrs={"data-ends": True})
    return int(found["data-ends"]), int(found["data-warned"])


def test_a_page_knows_when_its_session_ends_and_warns_five_minutes_before(app, people):
    sign_in(app, "li")
    assert said(app.get(HOME)) == (30 * MINUTE, 5 * MINUTE)


def test_a_stranger_is_told_nothing_of_sessions(app, people):
    assert app.get("/sign-in").html.find(attrs={"data-ends": True}) is None


def test_uses_are_noted_every_five_minutes_and_a_page_counts_from_the_noted_one(app, people, clock):
    sign_in(app, "li")
    clock.forward(minutes=4)
    assert said(app.get(HOME))[0] == 26 * MINUTE
    clock.forward(minutes=1)
    assert said(app.get(HOME))[0] == 30 * MINUTE
    clock.forward(minutes=1)
    assert said(app.get(HOME))[0] == 29 * MINUTE


def test_what_a_page_said_is_true(app, people, clock):
    sign_in(app, "li")
    clock.forward(minutes=4)
    ends, _warned = said(app.get(HOME))
    clock.forward(seconds=ends)
    assert app.get(HOME, status=302)


def test_a_session_ends_after_twelve_hours_however_often_it_is_asked_to_last(app, people, clock):
    sign_in(app, "li")
    for _quarter in range(12 * 4 - 1):
        clock.forward(minutes=15)
        found = post(app, "/session").json
    assert found == {"ends": 15 * MINUTE, "warned": 5 * MINUTE}


def test_asking_makes_a_session_last(app, people, clock):
    sign_in(app, "li")
    clock.forward(minutes=26)
    assert post(app, "/session").json["ends"] == 30 * MINUTE
    clock.forward(minutes=26)
    assert app.get(HOME, status=200)


def test_a_session_that_has_ended_does_not_come_back(app, people, clock):
    sign_in(app, "li")
    token = app.get(HOME).html.find("input", attrs={"name": "csrf_token"})["value"]
    clock.forward(minutes=30)
    app.post("/session", {"csrf_token": token}, headers={"Accept": "application/json"}, status=401)


def test_a_short_session_that_is_used_does_not_end(app, people, clock, registry, monkeypatch):
    monkeypatch.setattr(registry, "values", {**registry.values, "idle_minutes": 2})
    sign_in(app, "li")
    assert said(app.get(HOME)) == (2 * MINUTE, MINUTE)
    for _click in range(4):
        clock.forward(seconds=100)
        assert app.get(HOME, status=200)
