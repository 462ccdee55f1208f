/** The words of the chat, Traditional Chinese as in Taiwan: the list of all keys. */
export default {
  chat: "聊天",
  fold: "收起聊天",
  log: "對話",

  // Who is there
  staff: "店員",
  typing: "正在打字",
  passedOn: "已通知店員，請稍等",
  here: "店員會在這裡回你",
  hereUntil: (time: string): string => `店員在線上，到 ${time}`,
  closed: "打烊了",
  backAt: (when: string): string => `店員${when} 上班`,
  backSomeTime: "先留言，店員看到就回",
  tomorrow: (time: string): string => `明天 ${time}`,

  // Before the first word
  intro: "想問什麼都可以",
  introWords: "商品、訂單、直播裡看到的，寫下來，店員會在這裡回你。",
  introLater: (when: string): string => `先寫下來，${when} 以後在這裡回你。`,

  // Writing
  message: "訊息",
  hint: "想找什麼，或問訂單…",
  hintLater: "先留言…",
  hintTo: (name: string): string => `回${name}…`,
  signsLeft: (n: number): string => `還能打 ${n} 字`,
  about: (title: string): string => `問的是「${title}」`,
  dropAbout: "不是問這個",
  lost: "連線中斷，正在重新連線…打好的字會留著。",

  // The thread
  today: "今天",
  yesterday: "昨天",
  older: "看更早的訊息",
  newBelow: "有新訊息",
  read: (time: string): string => `已讀 ${time}`,
  sending: "傳送中…",
  sendsLater: "連上線就送出",
  notSent: (why: string): string => `沒有送出：${why}`,
  leftBehind: "這是之前打的，還沒送出",
  takeBack: "收回",
  erased: "訊息已刪除",
  taken: (time: string, name: string): string => `${time} ${name}接手`,
  handedOn: (time: string): string => `${time} 轉給同事`,
  backInLine: (time: string): string => `${time} 請別的店員接手`,
  resolved: (time: string): string => `${time} 這次聊完了`,
  resolvedIdle: (time: string): string => `${time} 一陣子沒有新訊息，這次先聊到這裡`,
  inLine: (n: number): string => `已交給店員，你排第 ${n} 位`,
  answerAfter: (when: string): string => `${when} 以後有店員回你；可以先離開，回覆會在這裡。`,
  answerSoon: "店員看到就回你；可以先離開，回覆會在這裡。",

  // How it was
  howWasIt: "這次的回覆怎麼樣？",
  scores: ["很差", "不太好", "普通", "不錯", "很好"],
  moreWords: "想補充什麼（可以不填）",
  sendWords: "送出",
  thanks: "謝謝，店裡收到了。再寫一句就重新開始。",

  // Goods
  goods: (title: string): string => `商品：${title}`,
  goodsGone: "店裡已經沒有這樣商品",
  addToCart: "放進購物車",
  added: "已放進購物車",
  choice: "款式",
};
