"""Nobody sees or does what no role of theirs allows, and nothing at all where they play none."""

from typing import Any

from renda.clock import local_day
from renda.directory import service
from renda.security.policy import EVERYONE, NOBODY
from renda.testing import world
from renda.testing.contract.node import Book, Node, Work, enter
from renda.types import Registry


class Access(Node):
    """Tests of permissions."""

    def test_each_role_opens_what_its_verbs_open(self, book: Book) -> None:
        """List, record, form, change and export, for every role that the node knows."""
        with book.work() as session:
            row = book.make(session)
            whole = f"?whole={row.whole}" if book.kind.part_of else ""  # type: ignore[attr-defined]
            address = f"{book.base}/{row.id}"
        pages = {book.base: "read", address: "read", f"{book.base}/export.xlsx": "export"}
        if book.has_form:
            pages |= {f"{book.base}/new{whole}": "write", f"{address}/edit": "write"}
        grants = book.registry.declared.modules[book.kind.module].grants
        for role in book.registry.declared.roles:
            book.enter(role)
            for page, verb in pages.items():
                wanted = 200 if verb in grants.get(role, ()) else 403
                assert book.app.get(page, status="*").status_int == wanted, (role, page)

    def test_strangers_find_nothing(self, book: Book) -> None:
        """Neither those who play their roles elsewhere, nor those who have not signed in."""
        with book.work() as session:
            address = f"{book.base}/{book.make(session).id}"
        book.enter(world.STRANGER)
        for page in (book.base, address, f"{book.base}/export.xlsx"):
            assert book.app.get(page, status="*").status_int == 404, page
        book.app.reset()
        for page in (book.base, address):
            assert book.app.get(page, status="*").status_int == 302, page
        assert book.app.get(book.interface, status="*").status_int == 401

    def test_where_the_module_is_not_in_use_there_is_no_register(self, book: Book) -> None:
        """Not even for those who hold every verb of it."""
        with book.work() as session:
            book.make(session)
            service.disable(session, book.place, book.kind.module, local_day(book.now))
        assert book.app.get(book.base, status="*").status_int == 404

    def test_every_view_of_its_own_names_a_permission(self, plugin: str, assembled: Any) -> None:
        """And none below an organisation is open to strangers."""
        package = next(one.package for one in assembled.registry.declared.components if one.name == plugin)
        for entry in assembled.introspector.get_category("views"):
            view = entry["introspectable"]
            route, module = view["route_name"] or "", getattr(view["callable"], "__module__", "") or ""
            if not (module.split(".")[0] == package or route.startswith((f"{plugin}.", f"api.{plugin}."))):
                continue
            related = {one.category_name: one for one in entry["related"]}
            permission = related["permissions"]["value"] if "permissions" in related else None
            assert permission not in {None, NOBODY}, view["callable"]
            inside = "routes" in related and related["routes"]["pattern"].startswith("/o/")
            assert not (inside and permission == EVERYONE), view["callable"]

    def test_every_entry_of_the_menu_opens(
        self, plugin: str, app: Any, registry: Registry, work: Work, bodies: None
    ) -> None:
        """For somebody who plays every role, or it says why there is nothing to open yet (409)."""
        del bodies
        for place in world.OWN:
            enter(app, registry, work, world.EVERY_ROLE)
            home = app.get(f"/o/{place}").html
            shown = {link["href"].split("#")[0] for link in home.find_all("a", href=True)}
            for module, entry in registry.declared.menu:
                address = f"/o/{place}/{entry.path}"
                if module == plugin and address in shown:
                    assert app.get(address, status="*").status_int in {200, 409}, entry
