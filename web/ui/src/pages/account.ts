import "../chat/button";
import "../account/page";
