import "../orders/order";
