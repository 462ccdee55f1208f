/** 繁體中文（臺灣）。 */
const messages = {
  add: "加入圖片",
  picture: "圖片",
  enlarge: "放大圖片",
  remove: "移除圖片",
  waits: "說了怎麼稱呼你，就會上傳",
  sayName: "說怎麼稱呼你",
  sending: (percent: number) => `圖片上傳中 ${percent}%`,
  nearly: "圖片處理中…",
  there: "圖片已備妥",
  gone: "圖片已不在",
  wordless: "（圖片或商品）",

  notAPicture: "這不是 JPEG、PNG 或 WebP 圖片。",
  broken: "這張圖片打不開，請換一張。",
  tooLarge: "圖片太大了：最多 10 MB、4,000 萬像素。",
  noRoom: "現在存不下圖片，請稍後再試；文字照常可以傳送。",
  tooSlow: "網路太慢，圖片沒有傳完。",
  tooMany: "這個對話不能再放更多圖片了。",
};

export default messages;
