import { noChange } from "lit";
import { directive, Directive, type ElementPart, PartType, type PartInfo } from "lit/directive.js";

/**
 * Has a video show a stream. As a property the stream would be set with each drawing, and the picture
 * would begin anew each time.
 */
class PlaysDirective extends Directive {
  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new TypeError("plays stands on an element");
  }

  render(_stream: MediaStream | null): typeof noChange {
    return noChange;
  }

  override update(part: ElementPart, [stream]: [MediaStream | null]): typeof noChange {
    const video = part.element as HTMLVideoElement;
    if (video.srcObject !== stream) video.srcObject = stream;
    return noChange;
  }
}

export const plays = directive(PlaysDirective);
