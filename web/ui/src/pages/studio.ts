import "../studio/page";
