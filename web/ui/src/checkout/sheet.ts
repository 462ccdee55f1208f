import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import "../design/sheet";
import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { icon, type IconName } from "../design/icons";
import { parts, price, tag, thumb } from "../design/parts";
import { Ticking } from "../design/ticking";
import { amount, clock, fullMoment, left, money } from "../i18n/format";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import type { Room } from "../room/connection";
import { session } from "../session/session";
import { deadline } from "../show/reading";
import { ask, Problem, requestId } from "../wire/http";
import type {
  Cart,
  CartClaim,
  CartLine,
  Delivery,
  DeliveryKind,
  Order,
  PaymentMethod,
} from "../wire/types";
import { contactFields, fulfilmentFields } from "./fields";
import { fee, type Fields, orderable, payable, read, sums, type Wrong } from "./order";
import look from "./sheet.css?inline";

const deliveryIcons: Record<DeliveryKind, IconName> = {
  home: "truck",
  store: "convenience",
  pickup: "store",
};
const paymentIcons: Record<PaymentMethod, IconName> = {
  pickup: "receipt",
  transfer: "transfer",
  card: "card",
};

/**
 * The cart and the checkout in one sheet over the picture. Tells `close`. With a room, the claims of
 * that show can be changed here; they are changed there, so the room decides.
 */
@customElement("plusone-checkout")
export class Checkout extends PlusoneElement {
  static override styles = [parts, forms, unsafeCSS(look)];

  @property({ attribute: false }) room: Room | null = null;

  @state() private cart: Cart | null = null;
  @state() private problem: unknown = null;
  @state() private kind: DeliveryKind | null = null;
  @state() private method: PaymentMethod | null = null;
  @state() private wrong: Wrong = [];
  @state() private said = "";
  @state() private busy = false;
  @state() private placed: Order | null = null;
  @query("form") private readonly form!: HTMLFormElement | null;

  private attempt = requestId();
  private forget: (() => void) | undefined;
  private seen = "";

  constructor() {
    super();
    new Ticking(this, () => this.cart !== null && this.placed === null);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  /** Not when connected: an element that is there before its module has no room until it is drawn. */
  protected override firstUpdated(): void {
    this.seen = this.hers();
    this.forget = this.room?.subscribe(() => {
      const now = this.hers();
      if (now === this.seen) return;
      this.seen = now;
      void this.load();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.forget?.();
  }

  private hers(): string {
    const claims = this.room?.snapshot?.mine.claims ?? [];
    return claims.map(({ id, quantity, state }) => `${id} ${quantity} ${state}`).join();
  }

  private async load(): Promise<void> {
    if (this.placed !== null) return;
    try {
      const cart = await ask<Cart>("GET", "/api/cart");
      this.cart = cart;
      this.problem = null;
      const kinds = cart.deliveries.map(({ kind }) => kind);
      const known = cart.remembered.fulfilment?.kind;
      this.kind ??= kinds.find((kind) => kind === known) ?? kinds[0] ?? null;
    } catch (problem) {
      this.problem = problem;
    }
  }

  override render(): TemplateResult {
    const until = this.cart === null ? null : deadline(orderable(this.cart));
    const heading = this.placed === null ? m.checkout : m.orderMade;
    return html`<plusone-sheet heading=${heading} clear @close=${this.close}>
      ${
        until === null || this.placed !== null
          ? nothing
          : html`<span slot="aside" class="badge b-held"
              >${icon("clock", 16)}${m.payBefore(clock(until))}${m.comma}${m.timeLeft(
                left(until - this.now()),
              )}</span
            >`
      }
      ${this.content()}
    </plusone-sheet>`;
  }

  private now(): number {
    return this.room?.now() ?? Date.now();
  }

  private content(): unknown {
    if (this.placed !== null) return this.thanks(this.placed);
    if (this.cart === null) {
      const nobody = this.problem instanceof Problem && this.problem.code === "not_signed_in";
      if (nobody) return this.empty();
      if (this.problem === null) {
        return html`<p class="empty" role="status">${icon("spin", 24, "turn")}${m.loading}</p>`;
      }
      return html`<div class="empty" role="alert">
        <p>${problemWords(this.problem)}</p>
        <button class="btn btn-line" @click=${() => void this.load()}>${m.retry}</button>
      </div>`;
    }
    if (this.cart.claims.length + this.cart.lines.length === 0) return this.empty();
    return html`${this.lines(this.cart)} ${this.fill(this.cart)} ${this.foot(this.cart)}`;
  }

  private empty(): TemplateResult {
    return html`<div class="empty">
      ${icon("bag", 24)}
      <p class="name">${m.emptyCheckout}</p>
      <p class="t-14">${m.emptyCartWords}</p>
    </div>`;
  }

  // What is in the cart

  private lines(cart: Cart): TemplateResult {
    return html`<ul class="lines">
      ${repeat(
        cart.claims,
        ({ id }) => id,
        (claim) => this.claim(claim, cart.currency),
      )}
      ${repeat(
        cart.lines,
        ({ id }) => id,
        (line) => this.line(line, cart.currency),
      )}
    </ul>`;
  }

  private claim(claim: CartClaim, currency: string): TemplateResult {
    const here = claim.show === this.room?.snapshot?.show.id && claim.state === "held";
    const known = this.room?.snapshot?.show.items.find(({ id }) => id === claim.item);
    const facts = [
      claim.variant_title,
      known?.limit == null ? null : m.limitEach(known.limit),
      here ? null : claim.show_title,
    ];
    return html`<li>
      ${thumb(claim.picture, 48)}
      <div class="grow">
        <p class="name t-14 row">${tag(claim.code)}<span class="one-line">${claim.title}</span></p>
        <p class="t-13 quiet one-line">${facts.filter(Boolean).join(m.comma)}</p>
      </div>
      ${
        claim.state === "paying"
          ? claim.order == null
            ? html`<span class="badge b-wait">${m.beingPaid}</span>`
            : html`<a class="badge b-wait hit" href="/orders/${encodeURIComponent(claim.order)}"
                >${m.beingPaid}${icon("right", 16)}</a
              >`
          : here
            ? this.stepper(
                claim.quantity,
                () => this.giveBack(claim),
                () => this.oneMore(claim),
              )
            : html`<span class="t-14 quiet">${m.pieces(claim.quantity)}</span>`
      }
      <b class="amt">${amount(claim.unit_price * claim.quantity, currency)[1]}</b>
    </li>`;
  }

  private line(line: CartLine, currency: string): TemplateResult {
    return html`<li>
      ${thumb(line.picture, 48)}
      <div class="grow">
        <p class="name t-14 one-line">${line.title}</p>
        <p class="t-13 quiet one-line">
          ${line.available < line.quantity ? m.onlyLeft(line.available) : line.variant_title}
        </p>
      </div>
      ${this.stepper(
        line.quantity,
        () => void this.setLine(line, line.quantity - 1),
        () => void this.setLine(line, line.quantity + 1),
        line.quantity >= line.available,
      )}
      <b class="amt">${amount(line.unit_price * line.quantity, currency)[1]}</b>
    </li>`;
  }

  private stepper(n: number, less: () => void, more: () => void, most = false): TemplateResult {
    return html`<span class="qty"
      ><button class="hit" aria-label=${m.oneLess} @click=${less} ?disabled=${this.busy}>
        ${icon(n === 1 ? "trash" : "minus", 16)}</button
      ><b aria-label=${m.pieces(n)}>${n}</b
      ><button class="hit" aria-label=${m.oneMore} @click=${more} ?disabled=${this.busy || most}>
        ${icon("plus", 16)}
      </button></span
    >`;
  }

  private giveBack({ id }: CartClaim): void {
    this.inRoom("give_back", { claim: id, quantity: 1 });
  }

  private oneMore({ item, id }: CartClaim): void {
    const claim = this.room?.snapshot?.mine.claims.find((one) => one.id === id);
    const variant = claim?.variant ?? null;
    this.inRoom("claim", { item, variant, quantity: 1, action: "add" });
  }

  private inRoom(event: "give_back" | "claim", body: Record<string, unknown>): void {
    this.said = "";
    this.room?.send(event, body).then(
      ({ events }) => {
        const refused = events.find(({ type }) => type === "claim.refused");
        if (refused !== undefined) this.said = m.noMoreOfThis;
      },
      (problem: unknown) => {
        this.said = problemWords(problem);
      },
    );
  }

  private async setLine({ id }: CartLine, quantity: number): Promise<void> {
    this.said = "";
    const path = `/api/cart/lines/${encodeURIComponent(id)}`;
    try {
      this.cart =
        quantity === 0
          ? await ask<Cart>("DELETE", path)
          : await ask<Cart>("PATCH", path, { quantity });
    } catch (problem) {
      this.said = problemWords(problem);
      await this.load();
    }
  }

  // Where it goes, and how it is paid

  private fill(cart: Cart): TemplateResult {
    const goods = sums(cart, null).subtotal;
    const delivery = cart.deliveries.find(({ kind }) => kind === this.kind);
    const { contact, fulfilment } = cart.remembered;
    return html`<form id="checkout" @submit=${this.submit} @input=${this.mended} novalidate>
      <fieldset class="fuls" role="radiogroup" aria-label=${m.howToGetIt}>
        ${cart.deliveries.map((one) => this.deliveryCard(one, goods, cart.currency))}
      </fieldset>
      ${delivery === undefined ? nothing : fulfilmentFields(delivery, fulfilment, this.wrong)}
      ${contactFields(contact, session?.person.email ?? null, this.wrong)}
      <div class="block">
        <label class="ask-for"
          ><span class="label">${m.noteIfWanted}</span
          ><span class="field"><input name="note" maxlength="300" autocomplete="off" /></span
        ></label>
      </div>
    </form>`;
  }

  private deliveryCard(one: Delivery, goods: number, currency: string): TemplateResult {
    const charge = fee(one, goods);
    return html`<label class="ful"
      ><input
        type="radio"
        name="delivery"
        value=${one.kind}
        .checked=${one.kind === this.kind}
        @change=${() => {
          this.kind = one.kind;
          this.wrong = [];
        }}
      />${icon(deliveryIcons[one.kind], 20)}<span class="name t-14">${m.deliveries[one.kind]}</span
      ><span class="t-12 quiet">${charge === 0 ? m.noFee : money(charge, currency)}</span></label
    >`;
  }

  private methods(): PaymentMethod[] {
    return payable(session?.payments ?? [], this.kind);
  }

  private get chosen(): PaymentMethod | null {
    const methods = this.methods();
    return methods.find((method) => method === this.method) ?? methods[0] ?? null;
  }

  private methodName(method: PaymentMethod): string {
    return method === "card" && session?.card_is_test === true
      ? m.testCard
      : m.paymentMethods[method];
  }

  private foot(cart: Cart): TemplateResult {
    const { subtotal, fee: charge, total } = sums(cart, this.kind);
    const { chosen } = this;
    const act = chosen === "card" ? m.payNow : m.orderNow;
    return html`<div slot="foot">
      <div class="row sum">
        <span class="t-13 quiet"
          >${m.goodsAndFee(amount(subtotal, cart.currency)[1], amount(charge, cart.currency)[1])}</span
        ><span class="end" aria-live="polite">${price(total, cart.currency)}</span>
      </div>
      ${
        this.said === ""
          ? nothing
          : html`<p class="wrong" role="alert">${icon("warn", 18)}${this.said}</p>`
      }
      <div class="row">
        <span class="btn btn-line pay pay-how"
          >${icon(chosen === null ? "card" : paymentIcons[chosen], 20)}<span class="t-14"
            >${chosen === null ? "" : this.methodName(chosen)}</span
          >${icon("down", 16)}<select
            aria-label=${m.howToPay}
            @change=${(event: Event) => {
              const { value } = event.target as HTMLSelectElement;
              this.method = this.methods().find((method) => method === value) ?? null;
            }}
          >
            ${this.methods().map(
              (method) =>
                html`<option value=${method} .selected=${method === chosen}>
                  ${this.methodName(method)}
                </option>`,
            )}
          </select></span
        ><button
          class="btn btn-ink pay grow"
          form="checkout"
          ?disabled=${this.busy || orderable(cart).length + cart.lines.length === 0}
        >
          ${this.busy ? icon("spin", 20, "turn") : nothing}${act(money(total, cart.currency))}
        </button>
      </div>
    </div>`;
  }

  private async submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const { cart, kind, chosen, form } = this;
    if (this.busy || cart === null || kind === null || chosen === null || form === null) return;
    const fields: Fields = Object.fromEntries(
      [...new FormData(form)].map(([name, value]) => [
        name,
        typeof value === "string" ? value : "",
      ]),
    );
    const said = read(fields, kind);
    if ("wrong" in said) {
      await this.mark(said.wrong);
      return;
    }
    this.busy = true;
    this.said = "";
    this.wrong = [];
    const note = (fields.note ?? "").trim();
    try {
      const { order, pay_url } = await ask<{ order: Order; pay_url: string | null }>(
        "POST",
        "/api/checkout",
        {
          request_id: this.attempt,
          claims: orderable(cart).map(({ id }) => id),
          lines: cart.lines.map(({ id }) => id),
          ...said,
          payment: chosen,
          ...(note === "" ? {} : { note }),
          expect_total: sums(cart, kind).total,
        },
      );
      if (pay_url !== null) {
        location.assign(pay_url);
        return;
      }
      this.placed = order;
    } catch (problem) {
      await this.failed(problem);
    } finally {
      this.busy = false;
    }
  }

  /** An answer, even a refusal, ends an attempt; without one the same attempt may be made again. */
  private async failed(problem: unknown): Promise<void> {
    if (!(problem instanceof Problem && problem.code === "offline")) this.attempt = requestId();
    this.said = problemWords(problem);
    if (!(problem instanceof Problem)) return;
    const { fields } = problem.data;
    if (problem.code === "bad_request" && typeof fields === "object" && fields !== null) {
      this.said = m.checkTheForm;
      await this.mark(Object.keys(fields));
      return;
    }
    const stale = ["claim_expired", "claim_in_payment", "price_changed", "out_of_stock"];
    if (stale.includes(problem.code)) await this.load();
  }

  private async mark(wrong: Wrong): Promise<void> {
    this.wrong = wrong;
    await this.updateComplete;
    const first = this.form?.querySelector<HTMLInputElement>('[aria-invalid="true"]');
    first?.focus();
    first?.closest("label")?.scrollIntoView({ block: "nearest" });
  }

  /** A field that is being mended is not called wrong any longer. */
  private mended({ target }: Event): void {
    const { name } = target as HTMLInputElement;
    if (this.wrong.length > 0) this.wrong = this.wrong.filter((one) => !one.endsWith(`.${name}`));
  }

  private thanks(order: Order): TemplateResult {
    const { payment, total, currency } = order;
    return html`<div class="done" role="status">
        <span class="stamp">${icon("check", 24)}</span>
        <p class="t-13 quiet">${m.orderNumber(order.number)}</p>
        <p>${price(total, currency)}</p>
        <p class="t-14 quiet">
          ${
            payment.method === "transfer" && payment.due_at !== null
              ? m.transferBy(fullMoment(payment.due_at))
              : m.payAtPickupThen
          }
        </p>
      </div>
      <div class="two">
        <a class="btn btn-ink" href="/orders/${encodeURIComponent(order.id)}">${m.seeOrder}</a>
        <button class="btn" @click=${this.close}>
          ${this.room === null ? m.close : m.backToPicture}
        </button>
      </div>`;
  }

  private close(): void {
    this.dispatchEvent(new Event("close"));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-checkout": Checkout;
  }
}
