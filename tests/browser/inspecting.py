"""Looks at a page as people do who see little, zoom in, prefer the dark, or press with a thumb."""

from importlib.resources import files
from typing import Literal

from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.watching import fits

# axe-core as its Python package carries it; none of that package's own code is used.
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RUN_AXE = """async () => {
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    return violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.target} ${n.failureSummary}`));
}"""

SMALLEST_TARGET = 44
SMALL_TARGETS = """smallest => {
    const targets = document.querySelectorAll("a[href], button, summary, input:not([type=hidden])");
    return [...targets].filter(e => e.checkVisibility()).flatMap(e => {
        const { width, height } = (e.type === "radio" ? e.closest("label") : e).getBoundingClientRect();
        const small = width < smallest - 0.5 || height < smallest - 0.5;
        return small ? [`${e.textContent.trim() || e.name}: ${width} x ${height}`] : [];
    });
}"""

DESKTOP = ViewportSize(width=1280, height=800)
AT_200_PERCENT = ViewportSize(width=640, height=400)
AT_400_PERCENT = ViewportSize(width=320, height=256)
PHONE = ViewportSize(width=360, height=780)
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")


class Inspector:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.problems: list[str] = []

    def look(self, name: str) -> None:
        """At the page that is open."""
        begins_at = self.page.locator("[autofocus]")
        if begins_at.count():
            expect(begins_at, name).to_be_focused()  # In its own time: a browser gives it when it first draws the page.
        self.page.evaluate(AXE)
        for scheme in SCHEMES:
            self.page.emulate_media(color_scheme=scheme)
            for size in (PHONE, DESKTOP):
                self.page.set_viewport_size(size)
                self._note(f"{name}, {scheme}, {size['width']} px", self.page.evaluate(RUN_AXE))
        for size in (AT_400_PERCENT, AT_200_PERCENT, DESKTOP):
            self.page.set_viewport_size(size)
            where = f"{name}, {size['width']} px"
            self._note(where, [] if fits(self.page) else ["must be scrolled sideways"])
            self._note(where, self.page.evaluate(SMALL_TARGETS, SMALLEST_TARGET))

    def _note(self, where: str, found: list[str]) -> None:
        self.problems += [f"{where}: {problem}" for problem in found]
