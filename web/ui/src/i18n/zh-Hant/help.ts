/** The words of the pages of help, Traditional Chinese as in Taiwan: the list of all keys. */
export default {
  help: "常見問題",
  findAnswer: "找答案",
  noAnswers: "還沒有文章。",
  askUs: "沒找到？按右下角的按鈕問我們。",
  gone: "這篇文章不在了",
  allAnswers: "所有常見問題",
  changedOn: (day: string): string => `${day} 更新`,
};
