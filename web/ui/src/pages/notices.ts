import "../demo/notices";
