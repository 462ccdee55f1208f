import { unsafeCSS } from "lit";

import sheet from "./forms.css?inline";

/** The looks of fields, for components that hold a form. */
export const forms = unsafeCSS(sheet);
