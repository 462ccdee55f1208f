import "../consult/page";
