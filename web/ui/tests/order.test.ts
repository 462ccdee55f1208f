import { expect, test } from "vitest";

import { orderable, payable, read, sums } from "../src/checkout/order";
import type { Cart } from "../src/wire/types";

const cart: Cart = {
  currency: "TWD",
  claims: [
    {
      id: "c1",
      show: "s1",
      show_title: "Show",
      item: "i1",
      code: "A01",
      title: "Jar",
      variant_title: null,
      picture: null,
      quantity: 2,
      unit_price: 28_800,
      until: 1,
      state: "held",
    },
    {
      id: "c2",
      show: "s1",
      show_title: "Show",
      item: "i1",
      code: "A01",
      title: "Jar",
      variant_title: null,
      picture: null,
      quantity: 1,
      unit_price: 28_800,
      until: 1,
      state: "paying",
    },
  ],
  lines: [],
  subtotal: 86_400,
  free_delivery_from: 57_600,
  deliveries: [
    { kind: "home", fee: 8_000, free_from: 99_900 },
    { kind: "store", fee: 6_000, free_from: 57_600 },
    { kind: "pickup", fee: 0, free_from: null, locations: [] },
  ],
  remembered: {},
};

test("what another order is paying for is not ordered again", () => {
  expect(orderable(cart).map(({ id }) => id)).toEqual(["c1"]);
});

test("a delivery costs its fee until the sum from which it is free", () => {
  expect(sums(cart, "home")).toEqual({ subtotal: 57_600, fee: 8_000, total: 65_600 });
  expect(sums(cart, "store")).toEqual({ subtotal: 57_600, fee: 0, total: 57_600 });
});

test("what comes home cannot be paid at pick-up", () => {
  expect(payable(["pickup", "transfer", "card"], "home")).toEqual(["transfer", "card"]);
  expect(payable(["pickup", "transfer"], "store")).toEqual(["pickup", "transfer"]);
});

const person = { name: " Mei ", phone: "０９１２-345-678" };

test("fields become a contact and a fulfilment, as wide as they were typed", () => {
  const said = read({ ...person, city: "Taipei", address: "1 Song Ren Rd", postcode: "" }, "home");
  expect(said).toEqual({
    contact: { name: "Mei", phone: "0912-345-678" },
    fulfilment: { kind: "home", city: "Taipei", address: "1 Song Ren Rd" },
  });
});

test("what is missing or wrong is named as the service names it", () => {
  expect(read({ name: "", phone: "12", email: "x@" }, "pickup")).toEqual({
    wrong: ["fulfilment.location", "contact.name", "contact.phone", "contact.email"],
  });
});

test("a convenience store needs its chain, its name and its code", () => {
  const said = read({ ...person, chain: "OK", store_code: "12", store_name: "North" }, "store");
  expect("fulfilment" in said && said.fulfilment).toEqual({
    kind: "store",
    chain: "OK",
    store_code: "12",
    store_name: "North",
  });
});
