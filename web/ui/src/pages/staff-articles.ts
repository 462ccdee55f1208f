import "../articles/page";
