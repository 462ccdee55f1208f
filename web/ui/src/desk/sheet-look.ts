import { unsafeCSS } from "lit";

import sheet from "./sheet.css?inline";

/** The looks that the desk's sheets share. */
export const deskSheet = unsafeCSS(sheet);
