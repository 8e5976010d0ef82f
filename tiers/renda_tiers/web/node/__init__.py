"""The administrator's pages: how this node stands among others, and documents that were not applied."""

from pyramid.config import Configurator

from renda_tiers.web.node import acts, document, documents, overview

_TEMPLATES = "renda_tiers:templates/tiers/node"
SEE, ADMINISTER = "inspect_links", "administer_links"
"""Verbs: to look at the node, and to act on it."""


def includeme(config: Configurator) -> None:
    """Mount the pages below `/o/{org}/m/tiers/node`."""

    def shown(name: str) -> str:
        return f"{_TEMPLATES}/{name}.jinja2"

    add = config.add_page
    add("node", "node", overview.show, SEE, renderer=shown("overview"))
    add("node-link", "node/links/{peer}", overview.link, SEE, renderer=shown("link"))
    add("node-link", "node/links/{peer}", acts.act, ADMINISTER, request_method="POST")
    invited = shown("code")
    add("node-invite", "node/invite", acts.invite, ADMINISTER, renderer=invited, request_method="POST")
    add("node-withdraw", "node/withdraw", acts.withdraw, ADMINISTER, request_method="POST")
    add("node-documents", "node/documents", documents.show, SEE, renderer=shown("documents"))
    add("node-documents", "node/documents", acts.judge_again, ADMINISTER, request_method="POST")
    add("node-forks", "node/forks", documents.forked, SEE, renderer=shown("forks"))
    add("node-document", "node/documents/{document}", document.show, SEE, renderer=shown("document"))
