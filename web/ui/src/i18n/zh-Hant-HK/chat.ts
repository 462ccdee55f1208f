import type { ChatMessages } from "../chat";

/** Traditional Chinese as in Hong Kong. */
const messages: ChatMessages = {
  chat: "對話",
  fold: "收起對話",
  log: "對話內容",

  staff: "職員",
  typing: "正在輸入",
  passedOn: "已通知職員，請稍候",
  here: "職員會喺呢度回覆你",
  hereUntil: (time) => `職員在線，到 ${time}`,
  closed: "收工喇",
  backAt: (when) => `職員${when} 返工`,
  backSomeTime: "先留言，職員見到就回覆",
  tomorrow: (time) => `聽日 ${time}`,

  intro: "想問乜都得",
  introWords: "貨品、訂單、直播見到嘅嘢，寫低，職員會喺呢度回覆你。",
  introLater: (when) => `先寫低，${when} 之後喺呢度回覆你。`,

  message: "訊息",
  hint: "想搵乜，或者問訂單…",
  hintLater: "先留言…",
  hintTo: (name) => `回覆${name}…`,
  signsLeft: (n) => `仲可以打 ${n} 字`,
  about: (title) => `問緊「${title}」`,
  dropAbout: "唔係問呢樣",
  lost: "連線中斷，正在重新連線…打好嘅字會留低。",

  today: "今日",
  yesterday: "尋日",
  older: "睇更早嘅訊息",
  newBelow: "有新訊息",
  read: (time) => `已讀 ${time}`,
  sending: "傳送中…",
  sendsLater: "連線後就傳送",
  notSent: (why) => `未能傳送：${why}`,
  leftBehind: "呢句係之前打嘅，仲未傳送",
  takeBack: "收回",
  erased: "訊息已刪除",
  taken: (time, name) => `${time} ${name}接手`,
  handedOn: (time) => `${time} 轉交同事`,
  backInLine: (time) => `${time} 請其他職員接手`,
  resolved: (time) => `${time} 今次傾完喇`,
  resolvedIdle: (time) => `${time} 有一陣冇新訊息，今次先傾到呢度`,
  inLine: (n) => `已交畀職員，你排第 ${n} 位`,
  answerAfter: (when) => `${when} 之後有職員回覆；可以先離開，回覆會喺呢度。`,
  answerSoon: "職員見到就回覆；可以先離開，回覆會喺呢度。",

  howWasIt: "今次嘅回覆點樣？",
  scores: ["好差", "唔係幾好", "普通", "唔錯", "好好"],
  moreWords: "想補充乜（可以唔填）",
  sendWords: "傳送",
  thanks: "多謝，店舖收到。再寫一句就重新開始。",

  goods: (title) => `貨品：${title}`,
  goodsGone: "店舖已經冇呢樣貨品",
  addToCart: "放入購物車",
  added: "已放入購物車",
  choice: "款式",
};

export default messages;
