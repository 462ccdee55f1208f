import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { signOut } from "./session";

let said: HTMLElement | null = null;

/**
 * Signs out, and goes on to `next`. Where that fails it is said over the page: on a machine that
 * others use too she would believe that she has left.
 */
export async function leave(next?: string): Promise<void> {
  said?.remove();
  try {
    await signOut(next);
  } catch (problem) {
    const textContent = m.stillSignedIn(problemWords(problem));
    said = Object.assign(document.createElement("p"), { className: "slip", textContent });
    said.setAttribute("role", "alert");
    document.body.append(said);
  }
}
