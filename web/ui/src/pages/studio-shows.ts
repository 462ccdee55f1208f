import "../staff/shows";
