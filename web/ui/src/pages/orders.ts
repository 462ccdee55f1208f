import "../orders/list";
