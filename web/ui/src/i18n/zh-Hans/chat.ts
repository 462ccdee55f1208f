import type { ChatMessages } from "../chat";

/** Simplified Chinese. */
const messages: ChatMessages = {
  chat: "聊天",
  fold: "收起聊天",
  log: "对话",

  staff: "店员",
  typing: "正在输入",
  passedOn: "已通知店员，请稍等",
  here: "店员会在这里回复你",
  hereUntil: (time) => `店员在线，到 ${time}`,
  closed: "打烊了",
  backAt: (when) => `店员${when} 上班`,
  backSomeTime: "先留言，店员看到就回",
  tomorrow: (time) => `明天 ${time}`,

  intro: "想问什么都可以",
  introWords: "商品、订单、直播里看到的，写下来，店员会在这里回复你。",
  introLater: (when) => `先写下来，${when} 以后在这里回复你。`,

  message: "消息",
  hint: "想找什么，或问订单…",
  hintLater: "先留言…",
  hintTo: (name) => `回复${name}…`,
  signsLeft: (n) => `还能打 ${n} 字`,
  about: (title) => `问的是“${title}”`,
  dropAbout: "不是问这个",
  lost: "连接中断，正在重新连接…打好的字会留着。",

  today: "今天",
  yesterday: "昨天",
  older: "看更早的消息",
  newBelow: "有新消息",
  read: (time) => `已读 ${time}`,
  sending: "发送中…",
  sendsLater: "连上就发送",
  notSent: (why) => `没有发出去：${why}`,
  leftBehind: "这是之前打的，还没发送",
  takeBack: "收回",
  erased: "消息已删除",
  taken: (time, name) => `${time} ${name}接手`,
  handedOn: (time) => `${time} 转给同事`,
  backInLine: (time) => `${time} 请别的店员接手`,
  resolved: (time) => `${time} 这次聊完了`,
  resolvedIdle: (time) => `${time} 一阵子没有新消息，这次先聊到这里`,
  inLine: (n) => `已交给店员，你排第 ${n} 位`,
  answerAfter: (when) => `${when} 以后有店员回复你；可以先离开，回复会在这里。`,
  answerSoon: "店员看到就回复你；可以先离开，回复会在这里。",

  howWasIt: "这次的回复怎么样？",
  scores: ["很差", "不太好", "一般", "不错", "很好"],
  moreWords: "想补充什么（可以不填）",
  sendWords: "发送",
  thanks: "谢谢，店里收到了。再写一句就重新开始。",

  goods: (title) => `商品：${title}`,
  goodsGone: "店里已经没有这样商品",
  addToCart: "放进购物车",
  added: "已放进购物车",
  choice: "款式",
};

export default messages;
