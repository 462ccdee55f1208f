import "../chat/button";
import "../orders/order";
