import "../show/page";
