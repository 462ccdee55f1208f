import "../demo/pay-test";
