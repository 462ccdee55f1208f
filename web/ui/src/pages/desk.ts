import "../desk/page";
