import "../chat/button";
import "../demo/notices";
