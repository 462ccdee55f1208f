import { locale } from "../i18n/index";
import { locales } from "../i18n/locales";
import { part } from "./part";

/** In the page itself: no component is drawn before the words are there. */
function sayLost(): void {
  const { lang, lost, again } = locales[locale];
  const words = Object.assign(document.createElement("p"), { textContent: lost });
  words.setAttribute("role", "alert");
  const button = Object.assign(document.createElement("button"), { textContent: again });
  button.addEventListener("click", () => location.reload());
  const box = Object.assign(document.createElement("main"), { className: "lost-words", lang });
  box.append(words, button);
  document.body.prepend(box);
}

// Without its words a page stays empty: it is loaded anew, and where that does not help it says so.
void part(() => Promise.resolve()).then((there) => {
  if (!there) sayLost();
});
