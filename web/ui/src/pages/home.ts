import "../home/page";
