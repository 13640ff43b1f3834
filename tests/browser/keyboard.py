"""Someone who has a keyboard and nothing else."""

from playwright.sync_api import Locator, Page

MOST_STOPS = 40

_UNSEEN_FOCUS = """() => {
    const focused = document.activeElement;
    const style = getComputedStyle(focused);
    const box = focused.getBoundingClientRect();
    const inView = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    return focused === document.body || (inView && outlined) ? "" : focused.outerHTML;
}"""


class Keyboard:
    def __init__(self, page: Page) -> None:
        self.page = page

    def go_to(self, target: Locator, key: str = "Tab") -> None:
        """Tab on until the target has the focus, which shows at each stop."""
        self.page.wait_for_load_state()  # With its style.
        for _ in range(MOST_STOPS):
            self.page.keyboard.press(key)
            unseen = self.page.evaluate(_UNSEEN_FOCUS)
            assert not unseen, f"the focus does not show on {unseen}"
            if has_focus(target):
                return
        raise AssertionError(f"no way to {target}")

    def press(self, target: Locator, key: str = "Enter") -> None:
        """Go to a button or link and press it."""
        self.go_to(target)
        self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)


def has_focus(target: Locator) -> bool:
    return bool(target.evaluate("element => element === document.activeElement"))
