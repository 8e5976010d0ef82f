from sqlalchemy import event, text

from renda.database import make_engine


def test_a_living_process_says_so(app):
    assert app.get("/healthz").json == {"status": "ok"}


def test_a_migrated_node_is_ready(app):
    assert app.get("/readyz").json == {"status": "ok"}


def test_a_ready_node_is_not_searched_for_migrations_again(app, registry):
    asked = []
    app.get("/readyz")
    event.listen(registry.engine, "before_cursor_execute", lambda *arguments: asked.append(arguments[2]))
    assert app.get("/readyz").json == {"status": "ok"}
    assert not [statement for statement in asked if "alembic" in statement]


def test_a_ready_node_that_loses_its_database_is_not_ready(app, registry):
    app.get("/readyz")
    with registry.engine.begin() as connection:
        connection.execute(text("ALTER TABLE core_organisation RENAME TO core_gone"))
    assert app.get("/readyz", status=503).json["reason"] == "database"


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
