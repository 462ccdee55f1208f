import type { AttachMessages } from "../attach";

/** English. */
const messages: AttachMessages = {
  add: "Add a picture",
  picture: "Picture",
  enlarge: "Enlarge the picture",
  remove: "Remove the picture",
  waits: "It is sent once you have said your name",
  sayName: "Say your name",
  sending: (percent) => `Sending the picture, ${percent}%`,
  nearly: "Nearly there…",
  there: "Picture added",
  gone: "This picture is no longer there",
  wordless: "(a picture or a product)",

  notAPicture: "This is not a JPEG, PNG or WebP picture.",
  broken: "This picture cannot be opened; please choose another.",
  tooLarge: "This picture is too large: 10 MB and 40 million pixels at most.",
  noRoom: "Pictures cannot be stored just now; please try later. Words still go out.",
  tooSlow: "The connection was too slow for this picture.",
  tooMany: "This chat cannot hold any more pictures.",
};

export default messages;
