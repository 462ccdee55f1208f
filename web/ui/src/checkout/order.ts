import {
  type Cart,
  type CartClaim,
  type CartLine,
  type Chain,
  chains,
  type Contact,
  type Delivery,
  type DeliveryKind,
  type Fulfilment,
  type PaymentMethod,
} from "../wire/types";

/** What the form says, as text; made into an order by `read`. */
export type Fields = Record<string, string>;

/** The names of fields that are wrong or missing, in the order of the form. */
export type Wrong = readonly string[];

export interface Sums {
  subtotal: number;
  fee: number;
  total: number;
}

/** What may be ordered now: what is in payment belongs to another order already. */
export function orderable({ claims }: Cart): CartClaim[] {
  return claims.filter(({ state }) => state === "held");
}

export function subtotal(claims: readonly CartClaim[], lines: readonly CartLine[]): number {
  return [...claims, ...lines].reduce(
    (all, { quantity, unit_price }) => all + quantity * unit_price,
    0,
  );
}

/** The fee of a delivery for a subtotal; nothing from `free_from` on. */
export function fee({ fee, free_from }: Delivery, subtotal: number): number {
  return free_from !== null && subtotal >= free_from ? 0 : fee;
}

export function sums(cart: Cart, kind: DeliveryKind | null): Sums {
  const goods = subtotal(orderable(cart), cart.lines);
  const delivery = cart.deliveries.find((one) => one.kind === kind);
  const charge = delivery === undefined ? 0 : fee(delivery, goods);
  return { subtotal: goods, fee: charge, total: goods + charge };
}

/** Paying at pick-up needs somebody who hands it over. */
export function payable(
  methods: readonly PaymentMethod[],
  kind: DeliveryKind | null,
): PaymentMethod[] {
  return methods.filter((method) => method !== "pickup" || kind !== "home");
}

const phone = /^\+?[\d\s()#-]{7,20}$/;
const email = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** The contact and the fulfilment that the fields say; or the names of the wrong ones. */
export function read(
  fields: Fields,
  kind: DeliveryKind,
): { contact: Contact; fulfilment: Fulfilment } | { wrong: Wrong } {
  const of = (name: string): string => (fields[name] ?? "").trim();
  const needed: Record<DeliveryKind, string[]> = {
    home: ["city", "address"],
    store: ["chain", "store_name", "store_code"],
    pickup: ["location"],
  };
  const wrong = needed[kind].filter((name) => of(name) === "").map((name) => `fulfilment.${name}`);
  if (of("name") === "") wrong.push("contact.name");
  if (!phone.test(of("phone").normalize("NFKC"))) wrong.push("contact.phone");
  if (of("email") !== "" && !email.test(of("email"))) wrong.push("contact.email");
  if (wrong.length > 0) return { wrong };
  const contact: Contact = { name: of("name"), phone: of("phone").normalize("NFKC") };
  if (of("email") !== "") contact.email = of("email");
  return { contact, fulfilment: fulfilment(kind, of) };
}

function fulfilment(kind: DeliveryKind, of: (name: string) => string): Fulfilment {
  switch (kind) {
    case "home": {
      const home: Fulfilment = { kind, city: of("city"), address: of("address") };
      if (of("postcode") !== "") home.postcode = of("postcode");
      return home;
    }
    case "store":
      return {
        kind,
        chain: chain(of("chain")),
        store_code: of("store_code"),
        store_name: of("store_name"),
      };
    case "pickup":
      return { kind, location: of("location") };
  }
}

function chain(named: string): Chain {
  return chains.find((one) => one === named) ?? chains[0];
}
