"""The pages of directives: lists, the form and its confirmation, the board, answering and deciding."""

from pyramid.config import Configurator

from renda import word
from renda_tiers.web.directives import acting, answering, board, form, lists, printed, resources, response

_TEMPLATES = "renda_tiers:templates/tiers"
ONE = "directives/{issuer}/{name}"
"""Where a directive is, below the module."""


def mount(config: Configurator) -> None:
    """Mount the pages below `/o/{org}/m/tiers/`."""
    add = config.add_page

    def shown(name: str) -> str:
        return f"{_TEMPLATES}/{name}.jinja2"

    def posted(
        name: str, pattern: str, view: object, verb: str, template: str, *, files: bool = False
    ) -> None:
        renderer = shown(template)
        add(name, pattern, view, verb, renderer=renderer, request_method="POST", files=files)

    add("directives", "directives", lists.show, "read", renderer=shown("directives"))
    add("directive-new", "directives/new", form.show, "direct", renderer=shown("directive_form"))
    posted("directive-new", "directives/new", form.send, "direct", "directive_form", files=True)
    add("directive", ONE, board.show, "read", renderer=shown("directive"))
    if word.available():
        add("directive.paper", f"{ONE}/directive.docx", printed.send, "read")
    posted("directive-respond", f"{ONE}/respond", answering.respond, "respond", "directive", files=True)
    posted("directive-decide", f"{ONE}/decide", acting.decide, "direct", "directive")
    posted("directive-end", f"{ONE}/end", acting.end, "direct", "directive", files=True)
    posted("directive-revise", f"{ONE}/revise", acting.revise, "direct", "directive")
    add("response", f"{ONE}/responses/{{document}}", response.show, "read", renderer=shown("response"))
    add("directive-file", f"{ONE}/files/{{document}}/{{number}}", response.download, "read")
    resources.mount(config)
