import { beforeEach, describe, expect, test, vi } from "vitest";

import { type Attached, Attaching } from "../src/chat/picture-attach";
import { pictureIn } from "../src/chat/picture-catch";
import {
  answered,
  cardOf,
  most_octets,
  pathOf,
  placeOf,
  type Sent,
  within,
} from "../src/chat/picture-wire";
import { Problem } from "../src/wire/http";

const jpeg = (data: string): Blob => new Blob([data], { type: "image/jpeg" });

const sent: Sent = { id: "pic_1", width: 800, height: 600 };

interface Upload {
  path: string;
  file: Blob;
  told: (share: number) => void;
  signal: AbortSignal;
  keep: (sent: Sent) => void;
  fail: (code: string) => void;
}

describe("a picture beside what is written", () => {
  let uploads: Upload[];
  let path: string | null;
  let now: number;
  let changes: number;
  let one: Attaching;

  function attaching(lighter = (file: Blob): Promise<Blob> => Promise.resolve(file)): Attaching {
    return new Attaching(
      () => path,
      () => (changes += 1),
      {
        lighter,
        now: () => now,
        upload: (to, file, told, signal) =>
          new Promise((keep, refuse) => {
            const fail = (code: string): void =>
              refuse(new Problem({ code, message: "", retryable: false, data: {} }));
            uploads.push({ path: to, file, told, signal, keep, fail });
          }),
      },
    );
  }

  const current = (): Attached => one.current ?? expect.unreachable("nothing is there");
  const upload = async (at: number): Promise<Upload> => {
    await vi.waitFor(() => {
      expect(uploads.length).toBeGreaterThan(at);
    });
    return uploads[at] ?? expect.unreachable();
  };

  beforeEach(() => {
    uploads = [];
    path = "/api/chat/pictures";
    now = 0;
    changes = 0;
    vi.stubGlobal("URL", { createObjectURL: () => "blob:1", revokeObjectURL: vi.fn() });
    one = attaching();
  });

  test("is sent when it is chosen, tells how far it is, and goes with the next message", async () => {
    const file = jpeg("x");
    one.take(file);
    expect(current()).toMatchObject({ view: "blob:1", share: 0, sent: null, waits: false });
    expect(one.busy).toBe(true);
    expect(one.give()).toBeNull();
    const { told, keep, ...asked } = await upload(0);
    expect(asked).toMatchObject({ path, file });
    const before = changes;
    told(0.5);
    expect(current().share).toBe(0.5);
    expect(changes).toBe(before + 1);
    keep(sent);
    await vi.waitFor(() => {
      expect(one.busy).toBe(false);
    });
    expect(one.give()).toEqual(sent);
    expect(one.current).toBeNull();
    expect(one.give()).toBeNull();
  });

  test("is sent once somebody has said who she is", async () => {
    path = null;
    one.take(jpeg("x"));
    expect(current().waits).toBe(true);
    expect(uploads).toEqual([]);
    path = "/api/chat/pictures";
    one.again();
    expect(current().waits).toBe(false);
    (await upload(0)).keep(sent);
    await vi.waitFor(() => {
      expect(one.busy).toBe(false);
    });
    one.again();
    expect(uploads).toHaveLength(1);
  });

  test("that was refused is sent again, or removed", async () => {
    one.take(jpeg("x"));
    (await upload(0)).fail("no_room");
    await vi.waitFor(() => {
      expect(current().problem).toMatchObject({ code: "no_room" });
    });
    one.again();
    expect(current().problem).toBeNull();
    (await upload(1)).keep(sent);
    await vi.waitFor(() => {
      expect(one.busy).toBe(false);
    });
    one.drop();
    expect(one.current).toBeNull();
    expect(one.busy).toBe(false);
  });

  test("that is replaced or removed is not sent on, and its answer counts no more", async () => {
    one.take(jpeg("first"));
    const first = await upload(0);
    one.take(jpeg("second"));
    expect(first.signal.aborted).toBe(true);
    const second = await upload(1);
    first.told(1);
    first.keep({ ...sent, id: "pic_first" });
    await Promise.resolve();
    expect(current()).toMatchObject({ share: 0, sent: null });
    one.drop();
    expect(second.signal.aborted).toBe(true);
    second.fail("offline");
    await Promise.resolve();
    expect(one.current).toBeNull();
  });

  test("that is too heavy even when it was made lighter is not sent", async () => {
    const file = { size: most_octets + 1 } as Blob;
    one.take(file);
    await vi.waitFor(() => {
      expect(current().problem).toMatchObject({ code: "too_large" });
    });
    expect(uploads).toEqual([]);
    one = attaching(() => Promise.resolve(new Blob(["small"])));
    one.take(file);
    expect((await upload(0)).file.size).toBe(5);
  });

  test("that lay there until the service forgot it is sent anew", async () => {
    one.take(jpeg("x"));
    (await upload(0)).keep(sent);
    await vi.waitFor(() => {
      expect(one.busy).toBe(false);
    });
    now = 59 * 60_000;
    expect(one.give()).toBeNull();
    expect(one.busy).toBe(true);
    (await upload(1)).keep({ ...sent, id: "pic_2" });
    await vi.waitFor(() => {
      expect(one.busy).toBe(false);
    });
    expect(one.give()?.id).toBe("pic_2");
  });

  test("of another kind is not shown here; the service says what it takes", async () => {
    one.take(new Blob(["<svg/>"], { type: "image/svg+xml" }));
    expect(current().view).toBeNull();
    expect((await upload(0)).file.size).toBe(6);
  });

  test("that is taken back from a message goes with the next", () => {
    one.putBack(sent, "/small");
    expect(current()).toMatchObject({ view: "/small", sent });
    expect(one.give()).toEqual(sent);
    expect(uploads).toEqual([]);
  });
});

test.each([
  [201, JSON.stringify({ picture: sent }), sent],
  [400, '{"code":"not_a_picture","message":"no"}', "not_a_picture"],
  [503, '{"code":"no_room","retryable":true}', "no_room"],
  [413, "<h1>nginx</h1>", "too_large"],
  [502, "<h1>nginx</h1>", "unavailable"],
  [200, "{}", "bad_request"],
  [201, "null", "bad_request"],
])("an answer %i %s is understood", (status, text, wanted) => {
  const said = answered(status, text);
  expect(said instanceof Problem ? said.code : said).toEqual(wanted);
});

test.each([
  [[4_000, 2_000], 2_048, [2_048, 1_024]],
  [[100, 50], 2_048, [100, 50]],
  [[40_000, 1], 2_048, [2_048, 1]],
])("%j within %i is %j", ([width = 0, height = 0], most, wanted) => {
  expect(within(width, height, most)).toEqual(wanted);
});

test.each([
  [{ width: 2_048, height: 1_024 }, [260, 130]],
  [{ width: 1_000, height: 2_000 }, [150, 300]],
  [{ width: 40, height: 30 }, [40, 30]],
  [{ width: 2_048, height: 1 }, [260, 1]],
  [{ width: null, height: null }, [260, 300]],
])("%j has the place %j in a thread", (card, wanted) => {
  expect(placeOf(card)).toEqual(wanted);
});

test("of what is pasted or dropped the first picture is taken", () => {
  const file = (type: string): File => ({ type }) as File;
  const among = (...files: File[]): ReturnType<typeof pictureIn> =>
    pictureIn({ files: files as unknown as FileList });
  const png = file("image/png");
  expect(among(file("text/plain"), png, file("image/webp"))).toBe(png);
  expect(among(file("application/pdf"))).toBeNull();
  expect(pictureIn(null)).toBeNull();
});

test("a picture is asked for by its name, whatever that is", () => {
  expect(pathOf("pic_1")).toBe("/api/chat/pictures/pic_1");
  expect(pathOf("pic_1", true)).toBe("/api/chat/pictures/pic_1/small");
  expect(pathOf("../x")).toBe("/api/chat/pictures/..%2Fx");
  expect(cardOf(sent)).toEqual({ ...sent, kind: "image", title: null });
});
