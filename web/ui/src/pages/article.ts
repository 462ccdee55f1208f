import "../chat/button";
import "../help/article";
