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

  // The bot
  bot: "小幫手",
  botBy: "小幫手，機器人",
  botFirst: "機器人先回你，隨時可找真人",
  botNight: "打烊了，小幫手值班",
  introBot: "商品、庫存、訂單，小幫手（機器人）馬上回你；想找真人，說一聲就好。",
  person: "找真人",
  wantPerson: "我想找真人",
  takenFromBot: (time: string, name: string): string => `${time} ${name}接手，小幫手先退下`,
  handedOver: {
    asked: "你想找真人，已通知店員",
    missed: "小幫手答不好，已請店員接手",
    feelings: "這件事請店員來處理，已通知店員",
    policy: "這件事要店員才能決定，已通知店員",
    failed: "小幫手出了點問題，已請店員接手",
    callback: "約好的時間到了，已通知店員",
    off: "小幫手先離開，已請店員接手",
  },
  callback: (when: string): string => `${when} 以後，店員回你`,
  callbackWhy: {
    asked: "現在沒有店員在。",
    missed: "小幫手答不好，要問店員。",
    feelings: "這件事要店員來處理，現在沒有人在。",
    policy: "這件事要店員才能決定，現在沒有人在。",
    failed: "小幫手出了點問題，要等店員。",
    callback: "",
    off: "",
  },
  callbackWords: "可以先離開，回覆會在這裡；等的時候，小幫手照樣回你。",

  // What the bot offers
  choices: "可以選",
  offerUntil: (time: string): string => `${time} 前有效`,
  offerOver: "這個提議過期了，再說一次就好。",
  offerGone: "這個選項已經不能用了。",

  // What was changed for her
  pieces: (title: string, n: number): string => `${title} × ${n}`,
  changes: {
    "cart.add": {
      asked: (what: string): string => `正在放進購物車：${what}`,
      done: (what: string): string => `已放進購物車：${what}`,
      refused: (what: string): string => `沒有放進購物車：${what}`,
      undoing: (what: string): string => `正在復原：${what}`,
      undone: (what: string): string => `已復原，從購物車拿出：${what}`,
    },
    "cart.remove": {
      asked: (what: string): string => `正在從購物車拿出：${what}`,
      done: (what: string): string => `已從購物車拿出：${what}`,
      refused: (what: string): string => `沒有從購物車拿出：${what}`,
      undoing: (what: string): string => `正在復原：${what}`,
      undone: (what: string): string => `已復原，放回購物車：${what}`,
    },
    "order.cancel": {
      asked: (what: string): string => `正在取消訂單 ${what}`,
      done: (what: string): string => `已取消訂單 ${what}`,
      refused: (what: string): string => `沒有取消訂單 ${what}`,
      undoing: (what: string): string => `正在復原訂單 ${what}`,
      undone: (what: string): string => `已復原訂單 ${what}`,
    },
  },
  putBy: (name: string, what: string): string => `${name} 幫你放進購物車：${what}`,
  undo: "復原",
  cannotUndo: (why: string): string => `不能復原：${why}`,
  seeCart: "看購物車",
  whyNot: {
    unknown_product: "店裡已經沒有這樣商品。",
    out_of_stock: "已經賣完了。",
    not_enough: "剩下的不夠這個數量。",
    cart_full: "購物車滿了。",
    not_in_cart: "購物車裡已經沒有了。",
    unknown_order: "找不到這張訂單。",
    order_state: "這張訂單已經不能取消。",
    not_cancellable: "這張訂單已經不能取消。",
    not_undoable: "這個改不回來。",
  } as Record<string, string>,
  whyNotElse: "現在做不到，請再說一次，或找店員。",

  // Things shown
  shown: "看看這些",
  order: (number: string): string => `訂單 ${number}`,
  orderGone: "看不到這張訂單",
  article: "說明",
};
