import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import "../design/sheet";
import "./savings";
import { loyalty, Standing } from "../account/standing";
import { refusal } from "../account/words";
import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { icon, type IconName } from "../design/icons";
import { parts, price } from "../design/parts";
import { Ticking } from "../design/ticking";
import { amount, clock, count, fullMoment, left, money } from "../i18n/format";
import { m } from "../i18n/index";
import { l } from "../i18n/loyalty";
import { problemWords } from "../i18n/problems";
import type { Room } from "../room/connection";
import { session } from "../session/session";
import { deadline, itemOf } from "../show/reading";
import { ask, Problem, requestId } from "../wire/http";
import type { Quote, Refused } from "../wire/loyalty";
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
import { inCart } from "./goods";
import { fee, type Fields, orderable, payable, read, sums, type Wrong } from "./order";
import { Quoting, takenOff, type Wanted } from "./quote";
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

/** What an order that is paid earns; a line of its own, so that nothing moves when it comes. */
function earning(quote: Quote | null): unknown {
  if (quote === null || quote.earns === 0) return nothing;
  return html`<span class="earns">${l.earns(count(quote.earns))}</span>`;
}

/**
 * The cart and the checkout in one sheet over the picture. Tells `close`. With a room, the claims of
 * that show can be changed here; they are changed there, so the room decides.
 */
@customElement("plusone-checkout")
export class Checkout extends PlusoneElement {
  static override styles = [parts, forms, unsafeCSS(look)];

  @property({ attribute: false }) room: Room | null = null;
  /** What goes on under it must not be left: a card is paid by in a window of its own. */
  @property({ type: Boolean }) beside = false;

  @state() private cart: Cart | null = null;
  @state() private problem: unknown = null;
  @state() private kind: DeliveryKind | null = null;
  @state() private method: PaymentMethod | null = null;
  @state() private wrong: Wrong = [];
  @state() private said = "";
  @state() private busy = false;
  @state() private placed: Order | null = null;
  private payUrl: string | null = null;
  @query("form") private readonly form!: HTMLFormElement | null;

  private readonly quoting = new Quoting(
    this,
    () => this.asked(),
    () => this.stand(),
  );
  private attempt = requestId();
  private forget: (() => void) | undefined;
  private seen = "";
  /** Of several answers about the cart that of the newest question counts. */
  private asks = 0;

  constructor() {
    super();
    new Ticking(this, () => this.cart !== null && this.placed === null);
    new Standing(this);
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

  /** What the order would be, to be asked what it comes to. */
  private asked(): ReturnType<ConstructorParameters<typeof Quoting>[1]> {
    const { cart, kind, placed } = this;
    // While the order is made its claims are on their way, and no answer would be of any use.
    if (cart === null || placed !== null || this.busy) return null;
    const claims = orderable(cart).map(({ id }) => id);
    const lines = cart.lines.map(({ id }) => id);
    return claims.length + lines.length === 0 ? null : { claims, lines, fulfilment: kind };
  }

  private stand(): string {
    const { claims, lines } = this.cart ?? { claims: [], lines: [] };
    return [...claims, ...lines].map((one) => `${one.quantity} ${one.unit_price}`).join();
  }

  private async load(): Promise<void> {
    if (this.placed !== null) return;
    const mine = (this.asks += 1);
    try {
      const cart = await ask<Cart>("GET", "/api/cart");
      if (mine !== this.asks) return;
      this.cart = cart;
      this.problem = null;
      const kinds = cart.deliveries.map(({ kind }) => kind);
      const known = cart.remembered.fulfilment?.kind;
      this.kind ??= kinds.find((kind) => kind === known) ?? kinds[0] ?? null;
    } catch (problem) {
      if (mine === this.asks) this.problem = problem;
    }
  }

  override render(): TemplateResult {
    const until = this.cart === null ? null : deadline(orderable(this.cart));
    const heading = this.placed === null ? m.checkout : m.orderMade;
    return html`<plusone-sheet heading=${heading} clear ?aside=${this.beside} @close=${this.close}>
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
    return html`${inCart(this.cart, this.room?.snapshot?.show ?? null, this.busy, this.step)}
    ${this.savings()} ${this.fill(this.cart)} ${this.foot(this.cart)}`;
  }

  private empty(): TemplateResult {
    return html`<div class="empty">
      ${icon("bag", 24)}
      <p class="name">${m.emptyCheckout}</p>
      <p class="t-14">${m.emptyCartWords}</p>
    </div>`;
  }

  // What is in the cart

  /** Claims of this show change in its room, which decides; lines at the shop. */
  private readonly step = (one: CartClaim | CartLine, by: 1 | -1): void => {
    if (!("item" in one)) void this.setLine(one, one.quantity + by);
    else if (by === -1) this.inRoom("give_back", { claim: one.id, quantity: 1 });
    else {
      const claim = this.room?.snapshot?.mine.claims.find(({ id }) => id === one.id);
      const variant = claim?.variant ?? null;
      this.inRoom("claim", { item: one.item, variant, quantity: 1, action: "add" });
    }
  };

  private inRoom(event: "give_back" | "claim", body: Record<string, unknown>): void {
    this.said = "";
    this.room?.send(event, body).then(
      ({ events }) => {
        const refused = events.find(({ type }) => type === "claim.refused");
        if (refused?.type === "claim.refused") this.said = this.why(refused.data);
      },
      (problem: unknown) => {
        this.said = problemWords(problem);
      },
    );
  }

  private why({ reason, item }: { reason: string; item: string | null }): string {
    if (reason !== "contact_needed") return m.noMoreOfThis;
    const show = this.room?.snapshot?.show;
    return m.contactNeeded((show && itemOf(show, item)?.code) ?? "");
  }

  private async setLine({ id }: CartLine, quantity: number): Promise<void> {
    this.said = "";
    const path = `/api/cart/lines/${encodeURIComponent(id)}`;
    const mine = (this.asks += 1);
    try {
      const cart =
        quantity === 0
          ? await ask<Cart>("DELETE", path)
          : await ask<Cart>("PATCH", path, { quantity });
      if (mine === this.asks) this.cart = cart;
      // What was asked for since may have been answered before this was done.
      else await this.load();
    } catch (problem) {
      this.said = problemWords(problem);
      await this.load();
    }
  }

  // What is taken off

  private readonly quoteAgain = (): void => this.quoting.follow(true);

  private readonly called = (code: string): string => this.quoting.called(code);

  private savings(): unknown {
    const { quote, codes, wanted, refused, problem, pending } = this.quoting;
    if (quote === null) {
      return problem === null
        ? html`<div class="savings" aria-hidden="true"></div>`
        : html`<div class="savings row" role="alert">
            <p class="t-14 quiet grow">${problemWords(problem)}</p>
            <button class="btn btn-s btn-line hit" @click=${this.quoteAgain}>${m.retry}</button>
          </div>`;
    }
    return html`<plusone-savings
      .quote=${quote}
      .codes=${codes}
      .wanted=${wanted}
      .refused=${refused}
      .called=${this.called}
      .problem=${problem}
      ?pending=${pending}
      @use=${({ detail }: CustomEvent<string>) => this.quoting.use(detail)}
      @drop=${({ detail }: CustomEvent<string>) => this.quoting.drop(detail)}
      @again=${this.quoteAgain}
      @spend=${({ detail }: CustomEvent<Wanted>) => this.quoting.spend(detail)}
    ></plusone-savings>`;
  }

  /** What it comes to: as the service says it, before that by the cart alone. */
  private figures(cart: Cart): { subtotal: number; charge: number; off: number; total: number } {
    const { quote } = this.quoting;
    if (quote === null) {
      const { subtotal, fee: charge, total } = sums(cart, this.kind);
      return { subtotal, charge, off: 0, total };
    }
    const { subtotal, delivery_fee: charge, total } = quote;
    return { subtotal, charge, off: takenOff(quote), total };
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
    const charge = loyalty?.benefits.free_delivery === true ? 0 : fee(one, goods);
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
    const { subtotal, charge, off, total } = this.figures(cart);
    const { chosen } = this;
    const { quote, pending } = this.quoting;
    const figure = (minor: number): string => amount(minor, cart.currency)[1];
    const act = chosen === "card" ? m.payNow : m.orderNow;
    return html`<div slot="foot">
      <div class="row sum">
        <span class="t-13 quiet grow parts"
          >${
            off === 0
              ? m.goodsAndFee(figure(subtotal), figure(charge))
              : l.goodsFeeOff(figure(subtotal), figure(charge), figure(off))
          }${earning(quote)}</span
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
          ?disabled=${this.busy || pending || orderable(cart).length + cart.lines.length === 0}
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
          coupons: this.quoting.codes,
          points: this.quoting.quote?.points.used ?? 0,
          expect_total: this.figures(cart).total,
        },
      );
      if (pay_url !== null && !this.beside) {
        location.assign(pay_url);
        return;
      }
      this.payUrl = pay_url;
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
    if (problem.code === "coupon_refused") {
      const { code, reason, data } = problem.data as Partial<Refused>;
      const refused = { code: code ?? "", reason: reason ?? "", data: data ?? problem.data };
      this.said = refusal(refused, this.cart?.currency ?? "", this.called(refused.code));
      this.quoting.refuse(refused);
      return;
    }
    if (problem.code === "not_enough_points") {
      this.said = l.notEnough(count(Number(problem.data.available ?? 0)));
      this.quoting.spend("most");
    }
    const stale = ["claim_expired", "claim_in_payment", "price_changed", "out_of_stock"];
    if (stale.includes(problem.code)) await this.load();
    this.quoting.follow(true);
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
            total === 0
              ? l.nothingToPay
              : this.payUrl !== null
                ? m.payInNewWindow
                : payment.method === "transfer" && payment.due_at !== null
                  ? m.transferBy(fullMoment(payment.due_at))
                  : m.payAtPickupThen
          }
        </p>
        ${
          (order.points?.earns ?? 0) > 0
            ? html`<p class="t-14 held">${l.earns(count(order.points?.earns ?? 0))}</p>`
            : nothing
        }
      </div>
      <div class="two">
        ${this.goOn(order)}
        <button class="btn" @click=${this.close}>
          ${this.room === null ? m.close : m.backToPicture}
        </button>
      </div>`;
  }

  private goOn(order: Order): TemplateResult {
    const away = this.beside ? "_blank" : nothing;
    if (this.payUrl !== null) {
      const sum = money(order.total, order.currency);
      return html`<a class="btn btn-ink" href=${this.payUrl} target="_blank" rel="noopener"
        >${m.payNow(sum)}</a
      >`;
    }
    return html`<a class="btn btn-ink" href="/orders/${encodeURIComponent(order.id)}" target=${away}
      >${m.seeOrder}</a
    >`;
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
