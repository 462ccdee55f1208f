import type { Board } from "../consult/wire";
import { Line, type Options, type Stand } from "../room/line";
import { requestId } from "../wire/http";
import { type News, newsOf } from "./rows";

/**
 * What waits and what rings, as the service tells a rep who has the desk open: whole each time, so
 * that a line which was lost is made good by the next word. `told` hears what is new on it.
 */
export class CallsBoard extends Line<Stand, object, never> {
  /** null until it has come. */
  board: Board | null = null;

  constructor(
    private readonly told: (news: News) => void,
    options: Options = {},
  ) {
    super({
      ...options,
      namespace: "/consult",
      join: {},
      by: "watch",
      beside: ({ board }) => this.hear(board as Board),
      apply: (snapshot) => snapshot,
      needsWhole: () => false,
    });
    this.on("calls", (board: Board) => this.hear(board));
  }

  /** Answers a call that rings at her, or one that waits. Fails with a `Problem`. */
  async pick(call: string): Promise<void> {
    await this.request("do", { request_id: requestId(), call, do: { type: "answer" } });
  }

  /** Lets it ring elsewhere. */
  async pass(call: string): Promise<void> {
    await this.request("do", { request_id: requestId(), call, do: { type: "decline" } });
  }

  private hear(board: Board): void {
    const news = newsOf(this.board, board);
    this.board = board;
    this.told(news);
    this.changed();
  }
}
