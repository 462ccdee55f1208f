import { unsafeCSS } from "lit";

import sheet from "./side.css?inline";

/** The looks that what stands beside a call's picture shares. */
export const side = unsafeCSS(sheet);
