"""Requests that a test holds, and answers in whatever order it likes."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, Route


class Held:
    """All requests of a page to one address, from now on."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.routes: list[Route] = []
        page.route(address, self._hold)

    def _hold(self, route: Route) -> None:
        self.routes.append(route)

    def asked(self, count: int) -> None:
        """Wait until so many have come; lets the browser run meanwhile."""
        for _ in range(600):
            if len(self.routes) >= count:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"never {count} requests to {self.address}: {len(self.routes)}")

    def answer(self, index: int, **how: Any) -> None:
        """Answer one of them, whether anybody still waits for it or not."""
        self.routes[index].fulfill(**how)

    def go_on(self) -> None:
        """Let those that are held through to the server, and all that come."""
        self.page.unroute(self.address)
        for route in self.routes:
            route.continue_()
