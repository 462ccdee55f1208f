import "../not-found";
