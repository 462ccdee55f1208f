import type { HelpMessages } from "../help";

/** English. */
const messages: HelpMessages = {
  help: "Help",
  findAnswer: "Find an answer",
  noAnswers: "There are no articles yet.",
  askUs: "Not found? Ask us by the button at the lower right.",
  gone: "This article is not there any more",
  allAnswers: "All of help",
  changedOn: (day: string): string => `Changed ${day}`,
};

export default messages;
