import "../chat/button";
import "../help/list";
