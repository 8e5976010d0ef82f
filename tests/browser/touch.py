"""How large all that is touched or clicked on a page is."""

from typing import Any

SMALLEST = {"desktop": 24, "phone": 44}
"""Pixels that a target is high and wide at the least."""
MEASURED = {
    "desktop": "button, .button, summary, .menu a, .tabs a, .foot a, input:not([type=hidden]), select",
    "phone": "a[href], button, summary, input:not([type=hidden]), select, textarea",
}
"""A mouse may hit links in a dense table; a finger needs room for every one."""

_TARGETS = """([selector, all]) => {
    const inline = one => getComputedStyle(one).display.startsWith("inline");
    const words = part => Array.from(part.childNodes).map(one => one.nodeType === Node.TEXT_NODE ? one.data
        : one.nodeType === Node.ELEMENT_NODE && inline(one) && !one.matches("a") ? words(one) : "").join(" ");
    const inSentence = one => {
        let around = one.parentElement;
        while (inline(around)) around = around.parentElement;
        return getComputedStyle(one).display === "inline" && /\\p{L}{2}/u.test(words(around));
    };
    const area = box => box.width * box.height;
    const reach = one => [one, ...(one.labels || [])].map(part => part.getBoundingClientRect())
        .sort((a, b) => area(b) - area(a))[0];
    const closed = all ? Array.from(document.querySelectorAll("details:not([open])")) : [];
    closed.forEach(one => { one.open = true; });
    const found = Array.from(document.querySelectorAll(selector))
        .filter(one => one.checkVisibility({visibilityProperty: true}) && !inSentence(one))
        .filter(one => !one.closest("details:not([open]) > :not(summary)"))
        .filter(one => all || one.type !== "checkbox")
        .map(one => [(one.innerText || one.name || one.id).trim(), reach(one)])
        .map(([words, box]) => [words, Math.round(box.width * 10) / 10, Math.round(box.height * 10) / 10]);
    closed.forEach(one => { one.open = false; });
    return found;
}"""
"""Name, width and height of each target; a control's label is part of it, a link in a sentence is exempt (WCAG 2.5.8)."""


def too_small(page: Any, size: str) -> list[tuple[str, float, float]]:
    """Targets of a page that are smaller than they should be: words, width, height; `size` as in `SMALLEST`."""
    found = page.evaluate(_TARGETS, [MEASURED[size], size == "phone"])
    assert found
    return [(words, wide, high) for words, wide, high in found if min(wide, high) < SMALLEST[size]]
