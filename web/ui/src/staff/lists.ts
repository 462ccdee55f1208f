import { unsafeCSS } from "lit";

import sheet from "./lists.css?inline";

/** The looks that the lists of the office share. */
export const lists = unsafeCSS(sheet);
