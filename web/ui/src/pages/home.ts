import "../chat/button";
import "../home/page";
