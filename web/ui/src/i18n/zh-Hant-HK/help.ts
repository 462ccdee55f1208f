import type { HelpMessages } from "../help";

/** Traditional Chinese as in Hong Kong. */
const messages: HelpMessages = {
  help: "常見問題",
  findAnswer: "找答案",
  noAnswers: "未有文章。",
  askUs: "找不到？請按右下角的按鈕問我們。",
  gone: "這篇文章已不存在",
  allAnswers: "所有常見問題",
  changedOn: (day: string): string => `${day} 更新`,
};

export default messages;
