from sqlalchemy import text

from renda.database import make_engine


def test_a_living_process_says_so(app):
    assert app.get("/healthz").json == {"status": "ok"}


def test_a_migrated_node_is_ready(app):
    assert app.get("/readyz").json == {"status": "ok"}


def test_a_node_behind_its_code_is_not_ready(app, registry):
    with registry.engine.begin() as connection:
        connection.execute(text("DELETE FROM core_alembic_version"))
    answer = app.get("/readyz", status=503)
    assert answer.json["reason"] == "migrations"
    assert answer.json["components"] == ["core"]


def test_a_node_without_a_database_lives_but_is_not_ready(app, registry, tmp_path):
    registry.engine = make_engine(f"sqlite:///{tmp_path}/no/such/folder/x.sqlite")
    assert app.get("/readyz", status=503).json["reason"] == "database"
    assert app.get("/healthz").json == {"status": "ok"}
