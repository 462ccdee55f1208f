import "../chat/button";
import "../bookings/page";
