"""Working by keyboard alone: the focus is always to be seen, and every activation is counted."""

from dataclasses import dataclass

from playwright.sync_api import Page

FAR = 80
"""Presses of Tab after which something counts as out of reach."""

_SEEN = """() => {
    const one = document.activeElement, style = getComputedStyle(one), box = one.getClientRects()[0];
    if (one === document.body) return "";
    const name = one.outerHTML.slice(0, 120);
    if (!one.matches(":focus-visible, [type=date]:focus-within") || style.outlineStyle === "none" || !parseFloat(style.outlineWidth))
        return `no focus to be seen: ${name}`;
    const x = box.left + Math.min(box.width / 2, 20), y = box.top + Math.min(box.height / 2, 20);
    if (x < 0 || y < 0 || x > innerWidth || y > innerHeight) return `outside of the window: ${name}`;
    const there = document.elementFromPoint(x, y);
    return one.contains(there) || there.contains(one) ? "" : `hidden below ${there.outerHTML.slice(0, 120)}: ${name}`;
}"""


@dataclass
class Keyboard:
    """Somebody who has no mouse.

    Attributes:
        activations: links, buttons and boxes used so far.
    """

    page: Page
    activations: int = 0

    def reach(self, selector: str) -> None:
        """Press Tab until the focus is on what the selector names."""
        for _each in range(FAR):
            self.page.keyboard.press("Tab")
            assert self.page.evaluate(_SEEN) == ""
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"Tab does not reach {selector} on {self.page.url}")

    def write(self, selector: str, text: str) -> None:
        """Type into a control."""
        self.reach(selector)
        self.page.keyboard.type(text)

    def activate(self, selector: str) -> None:
        """Press Enter on a link or a button, and wait for the page that it leads to."""
        self.reach(selector)
        with self.page.expect_navigation():
            self.press()

    def press(self) -> None:
        """Press Enter on what has the focus."""
        self.page.keyboard.press("Enter")
        self.activations += 1
