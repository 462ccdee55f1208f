import { pix } from "../i18n/attach";
import { problemWords } from "../i18n/problems";
import { Problem } from "../wire/http";

/** Why a picture was not taken, as a sentence. */
export function pictureWords(problem: unknown): string {
  switch (problem instanceof Problem ? problem.code : null) {
    case "not_a_picture":
      return pix.notAPicture;
    case "picture_broken":
      return pix.broken;
    case "picture_too_large":
    case "too_large":
      return pix.tooLarge;
    case "no_room":
      return pix.noRoom;
    case "too_slow":
      return pix.tooSlow;
    case "too_many_pictures":
      return pix.tooMany;
    default:
      return problemWords(problem);
  }
}
