import "../session/sign-in-page";
