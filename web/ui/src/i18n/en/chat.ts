import type { ChatMessages } from "../chat";

/** English. */
const messages: ChatMessages = {
  chat: "Chat",
  fold: "Close the chat",
  log: "Conversation",

  staff: "Shop team",
  typing: "typing…",
  passedOn: "The team has been told, one moment",
  here: "The team answers you here",
  hereUntil: (time) => `The team is here until ${time}`,
  closed: "Closed for now",
  backAt: (when) => `A person answers from ${when}`,
  backSomeTime: "Leave a message; the team will answer",
  tomorrow: (time) => `tomorrow ${time}`,

  intro: "Ask us anything",
  introWords:
    "A product, an order, something in the show: write it down, and the team answers here.",
  introLater: (when) => `Write it down; the team answers here after ${when}.`,

  message: "Message",
  hint: "Looking for something?",
  hintLater: "Leave a message…",
  hintTo: (name) => `Reply to ${name}…`,
  signsLeft: (n) => `${n} character${n === 1 ? "" : "s"} left`,
  about: (title) => `About: ${title}`,
  dropAbout: "Not about this",
  lost: "Offline, reconnecting… What you typed is kept.",

  today: "Today",
  yesterday: "Yesterday",
  older: "Older messages",
  newBelow: "New messages",
  read: (time) => `Read ${time}`,
  sending: "Sending…",
  sendsLater: "Will be sent when back online",
  notSent: (why) => `Not sent: ${why}`,
  leftBehind: "Typed earlier, not sent yet",
  takeBack: "Take back",
  erased: "Message deleted",
  taken: (time, name) => `${time} ${name} is with you`,
  handedOn: (time) => `${time} Handed to a colleague`,
  backInLine: (time) => `${time} Looking for someone else on the team`,
  resolved: (time) => `${time} This chat is finished`,
  resolvedIdle: (time) => `${time} No new messages for a while; this chat is finished`,
  inLine: (n) => `The team has it; you are number ${n}`,
  answerAfter: (when) => `A person answers after ${when}. You may leave; the answer will be here.`,
  answerSoon: "A person answers soon. You may leave; the answer will be here.",

  howWasIt: "How did we do?",
  scores: ["Bad", "Poor", "OK", "Good", "Great"],
  moreWords: "Anything to add? (optional)",
  sendWords: "Send",
  thanks: "Thank you, the shop has it. Write again to start anew.",

  goods: (title) => `Product: ${title}`,
  goodsGone: "The shop no longer has this",
  addToCart: "Add to cart",
  added: "In your cart",
  choice: "Choice",
};

export default messages;
