import { css } from "lit";

/** One card in the middle of a page: signing in, paying, nothing else. */
export const card = css`
  main {
    display: grid;
    place-items: start center;
    padding: clamp(var(--s-6), 9vh, 96px) var(--s-4) var(--s-16);
  }
  .card {
    inline-size: 100%;
    max-inline-size: 440px;
    background: var(--raised);
    border-radius: var(--r-sheet);
    box-shadow: var(--shadow-lift);
    padding: var(--s-6);
    display: grid;
    gap: var(--s-4);
  }
  h1 {
    font-size: var(--t-22);
    line-height: var(--l-22);
  }
`;
