"""axe-core in a page: what it finds fails the test, with where it was found."""

from __future__ import annotations

from functools import cache
from typing import Any

from playwright.async_api import Page

from tests.browser.pages_built import UI

_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

_RUN = """async (options) => {
  // Whatever comes in by a movement, or changes its colour by one, has arrived.
  const roots = (root) => [root, ...[...root.querySelectorAll("*")].flatMap(
    ({ shadowRoot }) => (shadowRoot ? roots(shadowRoot) : []))];
  for (const root of roots(document)) {
    for (const one of root.getAnimations()) {
      if (one.effect.getComputedTiming().endTime !== Infinity) one.finish();
    }
  }
  const { violations } = await globalThis.axe.run(document, options);
  return violations.map(({ id, help, nodes }) => ({
    id, help, nodes: nodes.map(({ target, failureSummary }) => ({ target, failureSummary })),
  }));
}"""


@cache
def _script() -> str:
    # The value of the script is a function, which cannot be handed over.
    return (UI / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8") + ";null"


class Axe:
    """Gathers what is wrong at each of a walk's stations."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []

    async def looks(self, where: str) -> None:
        """Look at the page as it is now, in light and in dark."""
        # By the debugger's door: the page's own policy lets no foreign script in.
        if not await self.page.evaluate("() => 'axe' in globalThis"):
            await self.page.evaluate(_script())
        await self.page.emulate_media(color_scheme="light")
        await self._run(f"{where}, light", {"runOnly": _RULES})
        await self.page.emulate_media(color_scheme="dark")
        await self._run(
            f"{where}, dark", {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
        )
        await self.page.emulate_media(color_scheme="light")

    async def _run(self, where: str, options: dict[str, Any]) -> None:
        for found in await self.page.evaluate(_RUN, options):
            for node in found["nodes"]:
                target = " ".join(map(str, node["target"]))
                # The time that runs on the seal's rim is no part of what it is called.
                if found["id"] == "label-content-name-mismatch" and ".seal" in target:
                    continue
                self.wrong.append(
                    f"{where}: {found['id']} ({found['help']}) at {target}: "
                    f"{node['failureSummary']}"
                )

    def finds_nothing(self) -> None:
        assert not self.wrong, "\n".join(self.wrong)
