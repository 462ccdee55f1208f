import "../chat/button";
import "../orders/list";
