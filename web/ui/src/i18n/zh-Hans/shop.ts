import base from "../zh-Hant/shop";
export default base;
