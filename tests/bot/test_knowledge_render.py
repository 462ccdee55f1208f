"""What becomes of an article's Markdown: HTML that does no harm, and plain words."""

from html.parser import HTMLParser

import pytest
from yarl import URL

from bot.knowledge.article import filled
from bot.knowledge.render import EXCERPT_LENGTH, excerpt, html, paragraphs


def test_markdown_is_shown() -> None:
    shown = html("一 **二**\n\n- 三\n\n|甲|乙|\n|-|-|\n|1|2|\n")
    for part in ("<strong>二</strong>", "<li>三</li>", "<th>甲</th>", "<td>2</td>"):
        assert part in shown


def test_the_title_stays_the_only_first_heading() -> None:
    assert html("# 一\n\n## 二") == "<h2>一</h2>\n<h2>二</h2>"


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](data:text/html,<script>alert(1)</script>)",
        "<a href='javascript:alert(1)'>a</a>",
        "![a](javascript:alert(1))",
        "![a](https://elsewhere.example/pixel.png)",
        "![a](//elsewhere.example/pixel.png)",
        "![a](/\\elsewhere.example/pixel.png)",
        "![a](data:image/svg+xml,x)",
        "![a](/\tx)",
        "<svg onload=alert(1)>",
        "<style>*{display:none}</style>",
        "<iframe src=/orders></iframe>",
        '[a](/b "x\\" onclick=\\"alert(1)")',
    ],
)
def test_nothing_that_runs_frames_styles_or_calls_elsewhere_comes_through(body: str) -> None:
    for tag, attributes in Tags.of(html(body)):
        assert tag in {"p", "a", "img"}
        assert set(attributes) <= {"href", "title", "rel", "src", "alt"}
        address = URL("https://shop.example/").join(URL(attributes.get("src", "/")))
        assert address.origin() == URL("https://shop.example"), address
        assert "\\" not in attributes.get("src", "")
        assert ":" not in attributes.get("href", "")


class Tags(HTMLParser):
    """The tags of some HTML with their attributes, as a browser would see them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    @staticmethod
    def of(shown: str) -> list[tuple[str, dict[str, str]]]:
        parser = Tags()
        parser.feed(shown)
        parser.close()
        return parser.found


def test_links_tell_search_engines_and_the_other_page_nothing() -> None:
    assert html("[a](https://b.example/)") == (
        '<p><a href="https://b.example/" rel="nofollow noopener">a</a></p>'
    )
    for address in ("/help/returns", "mailto:a@b.example", "tel:+886223456789"):
        assert f'href="{address}"' in html(f"[a]({address})")


def test_the_shops_own_pictures_are_shown() -> None:
    assert html("![辣椒](/demo/a01.svg)") == '<p><img src="/demo/a01.svg" alt="辣椒"></p>'


def test_plain_words_are_those_that_say_something() -> None:
    said = paragraphs(
        "# 標題\n\n一 **二**\n三 [四](/x)\n\n- 五\n- ![六](/x.png)\n\n|甲|乙|\n|-|-|\n|1|2|\n"
    )
    assert said == ["一 二 三 四", "五", "六", "甲 · 乙", "1 · 2"]


def test_an_excerpt_ends_with_a_sentence() -> None:
    long = "一" * 300 + "。" + "二" * 300 + "。"
    assert excerpt([long]) == "一" * 300 + "。"
    assert excerpt(["短。", long]) == "短。\n" + "一" * 300 + "。"
    assert excerpt(["短。", "二" * 500]) == "短。"
    assert excerpt(["One. Version 1.5 is out. " + "x" * 400]) == "One. Version 1.5 is out."
    assert excerpt([]) == ""


@pytest.mark.parametrize("text", ["三" * 500, "。" * 500, ("四" * 50 + "。") * 20, "x " * 400])
def test_an_excerpt_is_short(text: str) -> None:
    assert 0 < len(excerpt([text])) <= EXCERPT_LENGTH
    assert len(excerpt([text[:50], text[:200], text])) <= EXCERPT_LENGTH


def test_facts_take_the_place_of_their_names_once() -> None:
    facts = {"shop": "{home_fee}", "home_fee": "NT$80"}
    assert filled("{shop} {home_fee} {Home} {}", facts) == "{home_fee} NT$80 {Home} {}"
