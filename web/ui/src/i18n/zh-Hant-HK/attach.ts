import type { AttachMessages } from "../attach";

/** 繁體中文（香港）。 */
const messages: AttachMessages = {
  add: "加入圖片",
  picture: "圖片",
  enlarge: "放大圖片",
  remove: "移除圖片",
  waits: "填好稱呼後就會上載",
  sayName: "填寫稱呼",
  sending: (percent) => `正在上載圖片 ${percent}%`,
  nearly: "正在處理圖片…",
  there: "圖片已準備好",
  gone: "圖片已不存在",
  wordless: "（圖片或貨品）",

  notAPicture: "這不是 JPEG、PNG 或 WebP 圖片。",
  broken: "打不開這張圖片，請換一張。",
  tooLarge: "圖片太大：最多 10 MB、4,000 萬像素。",
  noRoom: "現時未能儲存圖片，請稍後再試；文字可如常傳送。",
  tooSlow: "網絡太慢，圖片未能上載。",
  tooMany: "這個對話不能再加入圖片。",
};

export default messages;
