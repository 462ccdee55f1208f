import type { AttachMessages } from "../attach";

/** 简体中文。 */
const messages: AttachMessages = {
  add: "添加图片",
  picture: "图片",
  enlarge: "放大图片",
  remove: "移除图片",
  waits: "填好称呼后就会上传",
  sayName: "填写称呼",
  sending: (percent) => `图片上传中 ${percent}%`,
  nearly: "图片处理中…",
  there: "图片已就绪",
  gone: "图片已不在",
  wordless: "（图片或商品）",

  notAPicture: "这不是 JPEG、PNG 或 WebP 图片。",
  broken: "这张图片打不开，请换一张。",
  tooLarge: "图片太大：最多 10 MB、4000 万像素。",
  noRoom: "现在存不下图片，请稍后再试；文字可以照常发送。",
  tooSlow: "网络太慢，图片没有传完。",
  tooMany: "这个对话不能再放更多图片了。",
};

export default messages;
