import "../staff/sign-in";
