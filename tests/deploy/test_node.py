"""`deploy/node.ini` is a node for many users, and says of the server what is the default anyway."""

import plaster
from pyramid.paster import get_appsettings
from waitress.adjustments import Adjustments

from renda.app import configure
from renda.serve import OPTIONS, server_options
from tests.deploy.files import DEPLOY, sections

CONFIG = DEPLOY / "node.ini"


def test_it_is_read_without_a_word_of_complaint():
    values = configure(get_appsettings(str(CONFIG), name="main"), environment={}).registry.values
    assert values["database_url"].startswith("postgresql+psycopg:")
    assert values["broker_url"].startswith("amqp:")
    assert values["secure_cookies"]
    assert values["tiers.address"].startswith("https:")


def test_the_server_s_limits_are_those_that_were_measured():
    options = server_options(plaster.get_loader(str(CONFIG), protocols=["wsgi"]))
    written, default = Adjustments(**options), Adjustments(**OPTIONS)
    for option in OPTIONS:
        assert option in options
        assert (getattr(written, option) or None) == (getattr(default, option) or None), option


def test_secrets_lie_where_the_environment_of_the_units_says():
    lines = (DEPLOY / "environment").read_text(encoding="utf-8").splitlines()
    said = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    written = {key.strip(): value.strip() for key, value in sections(CONFIG)["app:main"]}
    assert said["RENDA_SECRET_FILE"] == written["renda.secret_file"]
    assert said["RENDA_KEY_FILE"] == written["renda.key_file"]
    assert said["RENDA_BACKUP_KEYS"] != said["RENDA_BACKUP_DIR"]
