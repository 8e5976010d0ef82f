"""What `renda doctor` looks at in the chain: the invariants of the design, as far as live data show them."""

from renda.examining import Check, Examining
from renda.i18n import _
from renda_tiers.examining import documents, evidence, figures, issued, links

REBUILD = _("Stop the node, make a backup, run renda chain rebuild and then renda doctor again.")
RESTORE = _(
    "Stop the node and restore the last backup; what is missing then comes back from the other nodes."
)
SYNC = _("Run renda chain sync; if it stays so, stop the node, run renda chain rebuild and start it.")

CHECKS = (
    Check(
        "tiers.keys",
        _("Every organisation hosted here has a key that it may sign with"),
        _("Put the right key file back; for a key that is not granted, let the level above answer a call."),
        links.keys_are_here,
    ),
    Check(
        "tiers.gate",
        _("This node may sign"),
        _("Wait until the nodes named have called; see their state with renda node status."),
        links.may_sign,
    ),
    Check(
        "tiers.links",
        _("Every node above and below is heard, and nothing strange came from it"),
        _("See renda node status; check network and certificate with the administrator of the other node."),
        links.are_heard,
    ),
    Check(
        "tiers.standings",
        _("What stands and what is reviewed are reports that are there and count"),
        REBUILD,
        figures.standings_are_there,
    ),
    Check(
        "tiers.sums",
        _("In the last periods every parent is the sum of its children (invariant 4)"),
        REBUILD,
        figures.parents_are_sums,
    ),
    Check(
        "tiers.evidence",
        _("In the last periods the evidence of every report folds to its cells (invariant 19)"),
        _("The reports named were signed so: ask their organisations for a correction."),
        evidence.folds_to_cells,
    ),
    Check(
        "tiers.break-downs",
        _("No directive is broken down later or wider than it was set (invariant 16)"),
        REBUILD,
        issued.break_downs_keep_within,
    ),
    Check(
        "tiers.forks",
        _("No revision of anything was signed twice with different content"),
        _("Let the organisation named issue the next revision; ask whether its node was restored or copied."),
        issued.nothing_is_said_twice,
    ),
    Check(
        "tiers.future",
        _("No document is dated in the future"),
        _("A clock was wrong, here or at the organisation named: let it follow a time server."),
        documents.nothing_is_of_the_future,
    ),
    Check(
        "tiers.ledger",
        _("Every stored document, signature and part is as it was signed (invariant 10)"),
        RESTORE,
        documents.are_authentic,
        whole=True,
    ),
    Check(
        "tiers.publications",
        _("Every publication is the fold of the reports that it names (invariant 8)"),
        _("The publications named were signed so: let their organisations publish the next vintage."),
        issued.publications_are_folds,
        whole=True,
    ),
    Check(
        "tiers.concerns",
        _("Whom each document concerns is what it says itself"),
        RESTORE,
        documents.concern_whom_they_say,
        whole=True,
    ),
    Check(
        "tiers.digests",
        _("What is compared with other nodes is what is stored"),
        SYNC,
        links.digests_are_true,
        whole=True,
    ),
    Check(
        "tiers.routes",
        _("Every document is offered where it belongs"),
        SYNC,
        links.routes_are_true,
        whole=True,
        rehearses=True,
    ),
    Check(
        "tiers.projections",
        _("All that follows from the documents is what a rebuild makes (invariant 15)"),
        REBUILD,
        documents.follow_from_the_ledger,
        whole=True,
        rehearses=True,
    ),
)


def add(event: Examining) -> None:
    """Let `renda doctor` look at the chain, too."""
    event.checks.extend(CHECKS)
