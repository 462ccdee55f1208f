"""The sheets that open over a page."""

from __future__ import annotations

from playwright.async_api import Locator, Page


def sheet(page: Page, heading: str) -> Locator:
    """The open sheet with this heading, and what is in it.

    What is in a sheet is slotted into its dialog: it is the sheet's child, not the dialog's. The
    sheet itself has no box, so that it is never visible; its dialog is.
    """
    return page.locator("plusone-sheet").filter(
        has=page.get_by_role("dialog", name=heading, exact=True)
    )
