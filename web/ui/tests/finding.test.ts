import type { TemplateResult } from "lit";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";

import type { Finding } from "../src/design/finding";
import type { Product } from "../src/wire/types";

interface Question {
  path: string;
  answer: (titles: string[], status?: number) => Promise<void>;
}

let Subject: typeof Finding;
let asked: Question[];
const host = {
  addController: vi.fn(),
  removeController: vi.fn(),
  requestUpdate: vi.fn(),
  updateComplete: Promise.resolve(true),
};

beforeAll(async () => {
  vi.stubGlobal("navigator", { languages: ["en"] });
  vi.stubGlobal("document", { documentElement: {}, createTreeWalker: () => ({}) });
  await (
    await import("../src/i18n/index")
  ).ready;
  ({ Finding: Subject } = await import("../src/design/finding"));
});

beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  asked = [];
  vi.stubGlobal("fetch", (path: string) => {
    return new Promise<Response>((resolve) => {
      const answer = async (titles: string[], status = 200): Promise<void> => {
        const text = JSON.stringify({ products: titles.map((title) => ({ title })) });
        resolve({ ok: status < 400, status, text: () => Promise.resolve(text) } as Response);
        await vi.advanceTimersByTimeAsync(0);
      };
      asked.push({ path, answer });
    });
  });
});

afterEach(() => {
  vi.useRealTimers();
});

function begun(path?: string): Finding {
  const finding = new Subject(host, path);
  expect(host.addController).toHaveBeenCalledExactlyOnceWith(finding);
  finding.hostConnected();
  return finding;
}

function type(finding: Finding, value: string): void {
  finding.type({ target: { value } } as unknown as Event);
}

function titles({ products }: Finding): string[] | undefined {
  return products?.map(({ title }) => title);
}

function paths(): string[] {
  return asked.map(({ path }) => path);
}

/** What is drawn: the names of what was found, or what stands there in its place. */
function drawn(finding: Finding): unknown {
  const list = (products: readonly Product[]): string => products.map(({ title }) => title).join();
  const shown = finding.results("None", list) as string | TemplateResult;
  return typeof shown === "string" ? shown : shown.values[0];
}

test("everything is asked for at first, where one says", async () => {
  const finding = begun("/api/staff/products");
  expect(paths()).toEqual(["/api/staff/products?q="]);
  expect(finding.products).toBeNull();
  host.requestUpdate.mockClear();
  await asked[0]?.answer(["Plum", "Pear"]);
  expect(titles(finding)).toEqual(["Plum", "Pear"]);
  expect(host.requestUpdate).toHaveBeenCalled();
});

test("what is typed is asked for once, when she rests", () => {
  const finding = begun();
  for (const words of [" p", " pl", " pl&m "]) {
    type(finding, words);
    vi.advanceTimersByTime(199);
  }
  expect(finding.words).toBe("pl&m");
  expect(paths()).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(paths().slice(1)).toEqual(["/api/products?q=pl%26m"]);
});

test("the answer to what was asked last counts, whichever comes first", async () => {
  const finding = begun();
  void finding.find("plum");
  await asked[1]?.answer(["Plum"]);
  await asked[0]?.answer(["Plum", "Pear"]);
  expect(titles(finding)).toEqual(["Plum"]);

  void finding.find("pea");
  void finding.find("pear");
  await asked[3]?.answer(["Pear"]);
  await asked[2]?.answer([], 500);
  expect(finding.problem).toBeNull();
  expect(titles(finding)).toEqual(["Pear"]);
});

test("it is said what is wrong, until it is asked again", async () => {
  const finding = begun();
  await asked[0]?.answer([], 500);
  expect(finding.problem).toMatchObject({ code: "unavailable" });
  void finding.find();
  expect(finding.problem).toBeNull();
  await asked[1]?.answer(["Plum"]);
  expect(titles(finding)).toEqual(["Plum"]);
});

test("what is asked for at once is not asked for again when she rests", () => {
  const finding = begun();
  type(finding, "plum");
  void finding.find("");
  vi.advanceTimersByTime(1_000);
  expect(paths().slice(1)).toEqual(["/api/products?q="]);
});

test("nothing more is asked for by who is gone", () => {
  const finding = begun();
  type(finding, "plum");
  finding.hostDisconnected();
  vi.advanceTimersByTime(1_000);
  expect(paths()).toHaveLength(1);
});

test("one sees that it is asked for, what is found, that there is none, or what is wrong", async () => {
  const { m } = await import("../src/i18n/index");
  const finding = begun();
  expect(drawn(finding)).toBe(m.loading);
  await asked[0]?.answer(["Plum", "Pear"]);
  expect(drawn(finding)).toBe("Plum,Pear");

  void finding.find("x");
  expect(drawn(finding), "what was found stays meanwhile").toBe("Plum,Pear");
  await asked[1]?.answer([]);
  expect(drawn(finding)).toBe("None");

  void finding.find("y");
  await asked[2]?.answer([], 503);
  expect(drawn(finding)).toBe(m.busyNow);
});
