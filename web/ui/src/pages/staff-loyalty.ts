import "../loyalty/page";
