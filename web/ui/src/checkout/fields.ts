import { html, nothing, type TemplateResult } from "lit";

import { m } from "../i18n/index";
import { chains, type Contact, type Delivery, type Fulfilment } from "../wire/types";
import type { Wrong } from "./order";

/** One field with its name, and what is wrong with it. `of` is the group its error comes under. */
function field(
  of: "contact" | "fulfilment",
  name: string,
  label: string,
  wrong: Wrong,
  more: {
    value?: string | null | undefined;
    type?: string;
    autocomplete?: string;
    inputmode?: string;
    hint?: string;
  } = {},
): TemplateResult {
  const path = `${of}.${name}`;
  const bad = wrong.includes(path);
  return html`<label class="ask-for"
    ><span class="label">${label}</span
    ><span class="field"
      ><input
        name=${name}
        type=${more.type ?? "text"}
        autocomplete=${more.autocomplete ?? "off"}
        inputmode=${more.inputmode ?? "text"}
        placeholder=${more.hint ?? nothing}
        maxlength="120"
        .defaultValue=${more.value ?? ""}
        aria-invalid=${bad}
        aria-describedby=${bad ? `wrong-${name}` : nothing} /></span
    >${bad ? html`<span class="wrong" id="wrong-${name}">${wordsFor(path)}</span>` : nothing}</label
  >`;
}

function wordsFor(path: string): string {
  if (path === "contact.phone") return m.phoneLooksWrong;
  if (path === "contact.email") return m.emailLooksWrong;
  return m.fillThisIn;
}

export function contactFields(
  known: Contact | null | undefined,
  email: string | null,
  wrong: Wrong,
): TemplateResult {
  return html`<fieldset class="block">
    <legend>${m.contact}</legend>
    <div class="pair">
      ${field("contact", "name", m.receiver, wrong, { value: known?.name, autocomplete: "name" })}
      ${field("contact", "phone", m.phone, wrong, {
        value: known?.phone,
        type: "tel",
        inputmode: "tel",
        autocomplete: "tel",
      })}
    </div>
    ${field("contact", "email", m.emailIfWanted, wrong, {
      value: known?.email ?? email,
      type: "email",
      inputmode: "email",
      autocomplete: "email",
    })}
  </fieldset>`;
}

export function fulfilmentFields(
  delivery: Delivery,
  known: Fulfilment | null | undefined,
  wrong: Wrong,
): TemplateResult {
  switch (delivery.kind) {
    case "home": {
      const home = known?.kind === "home" ? known : null;
      return html`<div class="block">
        <div class="pair third">
          ${field("fulfilment", "postcode", m.postcode, wrong, {
            value: home?.postcode,
            inputmode: "numeric",
            autocomplete: "postal-code",
          })}
          ${field("fulfilment", "city", m.city, wrong, {
            value: home?.city,
            autocomplete: "address-level1",
          })}
        </div>
        ${field("fulfilment", "address", m.address, wrong, {
          value: home?.address,
          autocomplete: "street-address",
        })}
      </div>`;
    }
    case "store": {
      const store = known?.kind === "store" ? known : null;
      return html`<div class="block">
        <div class="pair">
          <label class="ask-for"
            ><span class="label">${m.chain}</span
            ><span class="field"
              ><select name="chain">
                ${chains.map(
                  (chain) =>
                    html`<option value=${chain} ?selected=${chain === store?.chain}>
                      ${m.chains[chain]}
                    </option>`,
                )}
              </select></span
            ></label
          >
          ${field("fulfilment", "store_code", m.storeCode, wrong, {
            value: store?.store_code,
            inputmode: "numeric",
          })}
        </div>
        ${field("fulfilment", "store_name", m.storeName, wrong, { value: store?.store_name })}
      </div>`;
    }
    case "pickup": {
      const at = known?.kind === "pickup" ? known.location : delivery.locations?.[0]?.id;
      return html`<div class="block" role="radiogroup" aria-label=${m.pickupWhere}>
        ${(delivery.locations ?? []).map(
          ({ id, name, address, hours }) =>
            html`<label class="place"
              ><input type="radio" name="location" value=${id} ?checked=${id === at} /><span
                class="col"
                ><span class="name t-14">${name}</span
                ><span class="t-13 quiet"
                  >${[address, hours].filter(Boolean).join(m.comma)}</span
                ></span
              ></label
            >`,
        )}
      </div>`;
    }
  }
}
