import "../staff/orders";
