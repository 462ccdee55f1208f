import "../chat/button";
import "../session/sign-in-page";
