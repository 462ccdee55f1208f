import base from "../zh-Hant/staff";
export default base;
