import type { HelpMessages } from "../help";

/** Simplified Chinese. */
const messages: HelpMessages = {
  help: "常见问题",
  findAnswer: "找答案",
  noAnswers: "还没有文章。",
  askUs: "没找到？按右下角的按钮问我们。",
  gone: "这篇文章不在了",
  allAnswers: "所有常见问题",
  changedOn: (day: string): string => `${day} 更新`,
};

export default messages;
