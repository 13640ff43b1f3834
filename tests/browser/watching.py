"""What is noticed in passing on every page that a test opens in a browser."""

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Watch:
    """Collects what a browser complains about: script errors, CSP violations, things that did not load."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.expected_faults: set[int] = set()
        """Statuses from 500 that the test brings about itself."""
        self._refused_pages: set[str] = set()

    def follow(self, context: BrowserContext) -> None:
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self.problems.append(f"{error.page and error.page.url}: {error.error}"))
        context.on("response", self._on_response)
        context.on("requestfailed", self._on_failure)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        # A browser also complains when a page itself is a 404, or a form with errors; that is for the tests to say.
        if message.text.startswith("Failed to load resource") and message.location["url"] in self._refused_pages:
            return
        self.problems.append(f"{message.page and message.page.url}: {message.text}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 500 and response.status not in self.expected_faults:
            self.problems.append(f"{response.url}: {response.status}")
        elif response.status >= 400 and response.request.is_navigation_request():
            self._refused_pages.add(response.url)

    def _on_failure(self, request: Request) -> None:
        # A page that is left ends what it was fetching.
        if request.failure != "net::ERR_ABORTED":
            self.problems.append(f"{request.url}: {request.failure}")


def fits(page: Page) -> bool:
    """Nothing has to be scrolled sideways."""
    return int(page.evaluate(SIDEWAYS)) <= 0
